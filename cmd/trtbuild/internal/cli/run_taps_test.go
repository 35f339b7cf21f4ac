package cli

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// doubling doubles x as often as it is told, in a loop, and then negates it if
// it is to.
func doubling() *trt.Network {
	body := trt.NewNetwork("body", trt.Target{})
	x := body.AddInput("x", dtype.Float32, trt.Dims{1})
	body.MarkOutput(body.AddElementWise("double", x, x, trt.Sum), "double")
	branch := func(name string, op trt.UnaryOperation) *trt.Network {
		b := trt.NewNetwork(name, trt.Target{})
		b.MarkOutput(b.AddUnary(name, b.AddInput("x", dtype.Float32, trt.Dims{1}), op), name)
		return b
	}
	n := trt.NewNetwork("doubling", trt.Target{})
	count, first, minus := n.AddInput("count", dtype.Int32, trt.Dims{}), n.AddInput("first", dtype.Float32, trt.Dims{1}), n.AddInput("minus", dtype.Bool, trt.Dims{})
	y := n.AddLoop("loop", trt.Loop{
		Body: body, TripCount: true, Recurrences: []trt.Recurrence{{State: "x", Next: "double"}},
		Outputs: []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "x"}},
	}, count, first)[0]
	n.MarkOutput(n.AddIf("sign", minus, trt.If{Then: branch("negated", trt.Neg), Else: branch("kept", trt.Abs)}, []*trt.Tensor{y}, []*trt.Tensor{y})[0], "y")
	return n
}

func TestTapsOfBodies(t *testing.T) {
	n := doubling()
	require.NoError(t, n.Validate())
	written := func(patterns ...string) map[string]*npz.Array {
		chosen, err := chooseTaps(&cobra.Command{}, n, patterns)
		require.NoError(t, err)
		arrays := map[string]*npz.Array{}
		_, err = refexec.Run(t.Context(), n, map[string]*trt.Value{
			"count": {Type: dtype.Int32, Dims: trt.Dims{}, Ints: []int64{3}},
			"first": {Type: dtype.Float32, Dims: trt.Dims{1}, Floats: []float32{1.5}},
			"minus": {Type: dtype.Bool, Dims: trt.Dims{}, Ints: []int64{1}},
		}, refexec.Options{Tap: func(name string, _ *trt.Tensor, v *trt.Value) {
			if array, ok := chosen.array(name); ok {
				keep(arrays, array, v)
			}
		}})
		require.NoError(t, err)
		return arrays
	}
	names := func(arrays map[string]*npz.Array) []string {
		var all []string
		for name := range arrays {
			all = append(all, name)
		}
		slices.Sort(all)
		return all
	}
	loop := written("loop/body/double")
	require.Equal(t, []string{"loop/body/double[0]", "loop/body/double[1]", "loop/body/double[2]"}, names(loop))
	for i, want := range []float32{3, 6, 12} {
		require.Equal(t, []float32{want}, loop[names(loop)[i]].Floats)
	}
	require.Equal(t, []string{"sign/then/negated", "sign/then/x"}, names(written("sign/*")), "the other branch is not taken")
	require.Equal(t, []string{"first", "y"}, names(written("first", "y")))
}

func TestTapsRefuseWhatTheyCannotName(t *testing.T) {
	_, err := chooseTaps(&cobra.Command{}, doubling(), []string{"loop/body/triple"})
	require.ErrorContains(t, err, `--tap "loop/body/triple" fits no tensor of the network`)

	n := doubling()
	n.MarkOutput(n.AddUnary("twin", n.Inputs()[1], trt.Neg), "loop/body/double")
	require.NoError(t, n.Validate())
	_, err = chooseTaps(&cobra.Command{}, n, []string{"y"})
	require.ErrorContains(t, err, "two tensors of the network are named loop/body/double")
}
