package refexec_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// running is a loop that adds up rows, as long as there is something to add, and
// keeps all sums.
func running(change func(op *trt.Loop)) *trt.Network {
	body := trt.NewNetwork("body", trt.Target{})
	sum, row := body.AddInput("sum", dtype.Float32, trt.Dims{2}), body.AddInput("row", dtype.Float32, trt.Dims{2})
	body.MarkOutput(body.AddElementWise("add", sum, row, trt.Sum), "next")
	some := body.AddReduce("any", sum, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{0}})
	body.MarkOutput(body.AddElementWise("less", some, body.AddConstant("limit", trt.NewWeights(nil, trt.Float32s{10})), trt.Less), "small")
	op := trt.Loop{
		Body: body, TripCount: true, While: "small",
		Recurrences: []trt.Recurrence{{State: "sum", Next: "next"}},
		Iterators:   []trt.Iterator{{Input: "row"}},
		Outputs:     []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "sum"}, {Kind: trt.LoopReverse, Value: "next"}},
	}
	if change != nil {
		change(&op)
	}
	n := trt.NewNetwork("running", trt.Target{})
	count, zero := n.AddInput("count", dtype.Int32, trt.Dims{}), n.AddInput("zero", dtype.Float32, trt.Dims{2})
	rows, length := n.AddInput("rows", dtype.Float32, trt.Dims{3, 2}), n.AddInput("length", dtype.Int32, trt.Dims{})
	for i, y := range n.AddLoop("loop", op, count, zero, rows, length) {
		n.MarkOutput(y, []string{"last", "all"}[i])
	}
	return n
}

func TestLoopEnds(t *testing.T) {
	whole := func(v int64) *trt.Value { return &trt.Value{Type: dtype.Int32, Dims: trt.Dims{}, Ints: []int64{v}} }
	run := func(count, length int64, first float32) (map[string]*trt.Value, error) {
		return refexec.Run(context.Background(), running(nil), map[string]*trt.Value{
			"count": whole(count), "length": whole(length),
			"zero": {Type: dtype.Float32, Dims: trt.Dims{2}, Floats: []float32{0, 0}},
			"rows": {Type: dtype.Float32, Dims: trt.Dims{3, 2}, Floats: []float32{first, 1, 2, 3, 4, 5}},
		}, refexec.Options{})
	}
	y, err := run(3, 3, 1)
	require.NoError(t, err)
	require.Equal(t, []float32{7, 9}, y["last"].Floats)
	require.Equal(t, []float32{7, 9, 3, 4, 1, 1}, y["all"].Floats)

	y, err = run(3, 1, 100)
	require.NoError(t, err)
	require.Equal(t, []float32{100, 1}, y["last"].Floats, "what was false ends the loop before it begins again")
	require.Equal(t, trt.Dims{1, 2}, y["all"].Dims)

	y, err = run(0, 0, 1)
	require.NoError(t, err)
	require.Equal(t, []float32{0, 0}, y["last"].Floats)
	require.Equal(t, trt.Dims{0, 2}, y["all"].Dims)

	_, err = run(4, 4, 1)
	require.ErrorContains(t, err, "layer loop: iterates over row beyond its end: expected at most 3 iterations, found 4")
	require.Equal(t, fault.BadInput, fault.Of(err))
	_, err = run(3, 3, 100)
	require.ErrorContains(t, err, "layer loop: output 1 has another length than there are iterations: expected 1, found 3")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestErrorsNameLayersOfBodies(t *testing.T) {
	body := func(op trt.Gather) *trt.Network {
		n := trt.NewNetwork("body", trt.Target{})
		x, i := n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("i", dtype.Int32, trt.Dims{1})
		n.MarkOutput(n.AddGather("pick", x, i, op), "y")
		return n
	}
	op := trt.If{Then: body(trt.Gather{Mode: trt.GatherDefault}), Else: body(trt.Gather{Mode: trt.GatherElement})}
	chosen := func() *trt.Network {
		n := trt.NewNetwork("n", trt.Target{})
		c, x, i := n.AddInput("c", dtype.Bool, trt.Dims{}), n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("i", dtype.Int32, trt.Dims{1})
		n.MarkOutput(n.AddIf("if", c, op, []*trt.Tensor{x, i}, []*trt.Tensor{x, i})[0], "y")
		return n
	}
	run := func(n *trt.Network) error {
		_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{
			"c": {Type: dtype.Bool, Dims: trt.Dims{}, Ints: []int64{0}},
			"x": {Type: dtype.Float32, Dims: trt.Dims{2}, Floats: []float32{1, 2}},
			"i": {Type: dtype.Int32, Dims: trt.Dims{1}, Ints: []int64{7}},
		}, refexec.Options{})
		return err
	}
	require.ErrorContains(t, run(chosen()), "layer if/else/pick: index 0 is out of range")

	n := trt.NewNetwork("n", trt.Target{})
	c, x, i := n.AddInput("c", dtype.Bool, trt.Dims{}), n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("i", dtype.Int32, trt.Dims{1})
	read := []*trt.Tensor{c, x, i}
	n.MarkOutput(n.AddIf("outer", c, trt.If{Then: chosen(), Else: chosen()}, read, read)[0], "y")
	require.ErrorContains(t, run(n), "layer outer/else/if/else/pick: index 0 is out of range")
}

// Taps see the tensors of bodies in every iteration, named as errors name
// layers, and they may keep them: nothing is overwritten.
func TestTapsSeeBodies(t *testing.T) {
	n := running(nil)
	type seen struct {
		name   string
		floats []float32
	}
	var taps []seen
	var kept []*trt.Value
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{
		"count": {Type: dtype.Int32, Dims: trt.Dims{}, Ints: []int64{3}}, "length": {Type: dtype.Int32, Dims: trt.Dims{}, Ints: []int64{1}},
		"zero": floats(trt.Dims{2}, 0, 0), "rows": floats(trt.Dims{3, 2}, 100, 1, 2, 3, 4, 5),
	}, refexec.Options{Tap: func(name string, x *trt.Tensor, v *trt.Value) {
		require.True(t, name == x.Name || name == "loop/body/"+x.Name)
		if v.Type == dtype.Float32 {
			taps, kept = append(taps, seen{name, slices.Clone(v.Floats)}), append(kept, v)
		}
	}})
	require.NoError(t, err)
	require.Equal(t, []seen{
		{"zero", []float32{0, 0}},
		{"rows", []float32{100, 1, 2, 3, 4, 5}},
		{"loop/body/sum", []float32{0, 0}},
		{"loop/body/row", []float32{100, 1}},
		{"loop/body/next", []float32{100, 1}},
		{"loop/body/any", []float32{0}},
		{"loop/body/limit", []float32{10}},
		{"loop/body/sum", []float32{100, 1}}, // the iteration that ends the loop
		{"loop/body/row", []float32{2, 3}},
		{"loop/body/next", []float32{102, 4}},
		{"loop/body/any", []float32{101}},
		{"loop/body/limit", []float32{10}},
		{"last", []float32{100, 1}},
		{"all", []float32{100, 1}},
	}, taps)
	for i, v := range kept {
		require.Equal(t, taps[i].floats, v.Floats)
	}
}

// Of a conditional only the branch taken has tensors; a body in a body has a
// longer name.
func TestTapsSeeBodiesOfBodies(t *testing.T) {
	unary := func(name string, op trt.UnaryOperation) *trt.Network {
		b := trt.NewNetwork("branch", trt.Target{})
		b.MarkOutput(b.AddUnary(name, b.AddInput("x", dtype.Float32, trt.Dims{}), op), name)
		return b
	}
	body := trt.NewNetwork("body", trt.Target{})
	x, c := body.AddInput("x", dtype.Float32, trt.Dims{}), body.AddInput("c", dtype.Bool, trt.Dims{})
	y := body.AddIf("choose", c, trt.If{Then: unary("less", trt.Neg), Else: unary("root", trt.Sqrt)}, []*trt.Tensor{x}, []*trt.Tensor{x})[0]
	body.MarkOutput(y, "y")
	n := trt.NewNetwork("n", trt.Target{})
	op := trt.Loop{
		Body: body, TripCount: true, Recurrences: []trt.Recurrence{{State: "x", Next: "y"}}, Iterators: []trt.Iterator{{Input: "c"}},
		Outputs: []trt.LoopOutput{{Kind: trt.LoopLastValue, Value: "x"}},
	}
	count, start, flags := n.AddInput("count", dtype.Int32, trt.Dims{}), n.AddInput("start", dtype.Float32, trt.Dims{}), n.AddInput("flags", dtype.Bool, trt.Dims{2})
	n.MarkOutput(n.AddLoop("loop", op, count, start, flags)[0], "z")
	var names []string
	var timed []string
	_, err := refexec.Run(context.Background(), n, map[string]*trt.Value{
		"count": {Type: dtype.Int32, Dims: trt.Dims{}, Ints: []int64{2}}, "start": floats(trt.Dims{}, 16),
		"flags": {Type: dtype.Bool, Dims: trt.Dims{2}, Ints: []int64{0, 1}},
	}, refexec.Options{
		Tap:   func(name string, _ *trt.Tensor, _ *trt.Value) { names = append(names, name) },
		Timed: func(l *trt.Layer, _ time.Duration) { timed = append(timed, l.Name) },
	})
	require.NoError(t, err)
	require.Equal(t, []string{
		"count", "start", "flags",
		"loop/body/x", "loop/body/c", "loop/body/choose/else/x", "loop/body/choose/else/root", "loop/body/y",
		"loop/body/x", "loop/body/c", "loop/body/choose/then/x", "loop/body/choose/then/less", "loop/body/y",
		"z",
	}, names)
	require.Equal(t, []string{"loop"}, timed)
}
