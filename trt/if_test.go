package trt_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// bodyOf records a body that reads one tensor.
func bodyOf(x trt.Dims, f func(n *trt.Network, x *trt.Tensor) *trt.Tensor) *trt.Network {
	n := trt.NewNetwork("body", trt.Target{})
	n.MarkOutput(f(n, n.AddInput("x", dtype.Float32, x)), "y")
	return n
}

func relu(n *trt.Network, x *trt.Tensor) *trt.Tensor {
	return n.AddActivation("act", x, trt.Activation{Type: trt.ReLU})
}

func conv(n *trt.Network, x *trt.Tensor) *trt.Tensor {
	return n.AddConvolution("conv", x, trt.Convolution{OutChannels: 4, Kernel: trt.Dims{1, 1}, Weight: ones(4, 4, 1, 1), Bias: ones(4)})
}

// conditional is a network whose output is a convolution, or the ReLU of one that
// lies in a conditional of its own.
func conditional(t testing.TB) *trt.Network {
	dims := trt.Dims{trt.Dynamic, 4, 8, 8}
	deep := trt.NewNetwork("deep", trt.Target{})
	x, c := deep.AddInput("x", dtype.Float32, dims), deep.AddInput("c", dtype.Bool, trt.Dims{})
	inner := deep.AddIf("inner", c, trt.If{Then: bodyOf(dims, conv), Else: bodyOf(dims, relu)}, []*trt.Tensor{x}, []*trt.Tensor{x})
	deep.MarkOutput(relu(deep, inner[0]), "y")

	n := trt.NewNetwork("conditional", trt.Target{})
	images, flag := n.AddInput("images", dtype.Float32, trt.Dims{2, 4, 8, 8}), n.AddInput("flag", dtype.Bool, trt.Dims{})
	y := n.AddIf("if", flag, trt.If{Then: bodyOf(dims, conv), Else: deep}, []*trt.Tensor{images}, []*trt.Tensor{images, flag})
	n.MarkOutput(y[0], "y")
	require.NoError(t, n.Validate())
	return n
}

func TestBodiesAreRecordedForWhatTheyRead(t *testing.T) {
	n := conditional(t)
	require.Equal(t, trt.Dims{2, 4, 8, 8}, n.Outputs()[0].Dims)
	op := n.Layers()[0].Op.(trt.If)
	require.Equal(t, trt.Dims{2, 4, 8, 8}, op.Then.Layers()[0].Outputs[0].Dims)
	inner := op.Else.Layers()[0].Op.(trt.If)
	require.Equal(t, trt.Dims{2, 4, 8, 8}, inner.Then.Layers()[0].Outputs[0].Dims)
	l, ok := n.Layer("if/else/inner/then/conv")
	require.True(t, ok)
	require.Equal(t, "if", l.Name)
}

// TestBodiesStayAsTheyWereAdded: a body is what it was, whatever is recorded into
// its network later, the layer itself included.
func TestBodiesStayAsTheyWereAdded(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x, c := n.AddInput("x", dtype.Float32, trt.Dims{3}), n.AddInput("c", dtype.Bool, trt.Dims{})
	n.MarkOutput(n.AddUnary("exp", x, trt.Exp), "y")
	in := []*trt.Tensor{x, c}
	n.MarkOutput(n.AddIf("if", c, trt.If{Then: n, Else: n}, in, in)[0], "z")
	require.NoError(t, n.Validate())
	require.NoError(t, n.CheckProfiles(nil))
	var names []string
	for l := range n.EveryLayer() {
		names = append(names, l.Name)
	}
	require.Equal(t, []string{"exp", "if", "if/then/exp", "if/else/exp"}, names)
}

func TestEveryLayer(t *testing.T) {
	var names []string
	for l := range conditional(t).EveryLayer() {
		names = append(names, l.Name)
	}
	require.Equal(t, []string{"if", "if/then/conv", "if/else/inner", "if/else/inner/then/conv", "if/else/inner/else/act", "if/else/act"}, names)
	for l := range conditional(t).EveryLayer() {
		if names = names[1:]; l.Name == "if/else/inner/then/conv" {
			break
		}
	}
	require.Equal(t, []string{"if/else/inner/else/act", "if/else/act"}, names)
}

func TestWeightsOfBodies(t *testing.T) {
	n := conditional(t)
	var names []string
	for _, o := range n.Layers()[0].Op.Weights() {
		names = append(names, o.Name)
	}
	require.Equal(t, []string{"then/conv.kernel", "then/conv.bias", "else/inner.then/conv.kernel", "else/inner.then/conv.bias"}, names)

	half, err := n.MapWeights(func(_ *trt.Layer, o trt.Operand) (*trt.Weights, error) { return o.Weights.As(dtype.Float16), nil })
	require.Nil(t, half)
	require.ErrorContains(t, err, "layer if (if_conditional): then: network body: layer conv (convolution): kernel weights: must have the input's type")

	m := materialized(t, n)
	require.NotNil(t, m.Layers()[0].Op.(trt.If).Then.Layers()[0].Op.(trt.Convolution).Weight.Bytes())
}

func TestDumpOfBodies(t *testing.T) {
	n := materialized(t, conditional(t))
	golden(t, "conditional.json", canonical(t, n))
	var text bytes.Buffer
	require.NoError(t, n.WriteText(&text))
	require.Contains(t, text.String(), "then(x)=convolution else(x,c)=if_conditional,activation")
	dir := t.TempDir()
	require.NoError(t, n.Dump(dir))
	back, err := trt.LoadDump(dir)
	require.NoError(t, err)
	require.Equal(t, string(canonical(t, n)), string(canonical(t, back)))
}

func TestDumpsOfBodiesThatLie(t *testing.T) {
	n := materialized(t, conditional(t))
	good := string(canonical(t, n))
	read := func(ref trt.WeightsRef) ([]byte, error) {
		for _, o := range n.Layers()[0].Op.Weights() {
			if fmt.Sprintf("%x", o.Weights.Digest()) == ref.SHA256 {
				return o.Weights.Bytes(), nil
			}
		}
		return nil, nil
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"no body":     {`{"then":{`, `{"other":{},"then":{`, "unknown field"},
		"null":        {`"params":{"then":{"name":"body"`, `"params":{"then":null,"x":{"name":"body"`, "unknown field"},
		"tensor":      {`"inputs":["x"]`, `"inputs":["z"]`, `there is no tensor "z"`},
		"output":      {`"outputs":["y"]`, `"outputs":["z"]`, `there is no tensor "z"`},
		"four inputs": {`"inputs":["x"]`, `"inputs":["x","x","x","x"]`, "does not take 4 inputs"},
		"dims":        {`"outputs":[{"name":"y","dtype":"float32","dims":[2,4,8,8]`, `"outputs":[{"name":"y","dtype":"float32","dims":[2,4,8,9]`, "has other outputs than were read"},
		"input":       {`"inputs":[{"name":"x","dtype":"float32","dims":[2,4,8,8]`, `"inputs":[{"name":"x","dtype":"float32","dims":[2,5,8,8]`, "is not what the body reads"},
		"kind":        {`"kind":"activation"`, `"kind":"if_conditional"`, "unknown field"},
		"no weights":  {`"operand":"then/conv.kernel"`, `"operand":"then/conv.kernels"`, "weights that a layer of kind if_conditional does not have"},
		"unknown key": {`{"name":"conv","kind"`, `{"weights":[{"operand":"bias","dtype":"float32","dims":[1]}],"name":"conv","kind"`, "weights stand in the body"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, c.from)
			_, err := trt.ReadJSON(strings.NewReader(strings.Replace(good, c.from, c.to, 1)), read)
			require.ErrorContains(t, err, c.want)
			require.NotEqual(t, fault.Bug, fault.Of(err))
		})
	}
}

// A body in a body in a body … is refused, read or recorded.
func TestNestingIsBounded(t *testing.T) {
	wrap := func(b *trt.Network) *trt.Network {
		n := trt.NewNetwork("n", trt.Target{})
		x, c := n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("c", dtype.Bool, trt.Dims{})
		read := []*trt.Tensor{x}
		if len(b.Inputs()) == 2 {
			read = append(read, c)
		}
		n.MarkOutput(n.AddIf("if", c, trt.If{Then: b, Else: bodyOf(trt.Dims{2}, relu)}, read, []*trt.Tensor{x})[0], "y")
		return n
	}
	b := bodyOf(trt.Dims{2}, relu)
	for range 8 {
		b = wrap(b)
		require.NoError(t, b.Err())
	}
	require.ErrorContains(t, wrap(b).Err(), "more than 8 bodies")

	text := `{}`
	for range 1000 {
		text = `{"then":{"name":"b","inputs":[],"layers":[{"name":"if","kind":"if_conditional","params":` + text + `,"inputs":[],"outputs":[]}],"outputs":[]},"else":null}`
	}
	_, err := trt.UnmarshalOp(trt.KindIf, []byte(text))
	require.ErrorContains(t, err, "more than 8 bodies")
	require.Equal(t, fault.BadInput, fault.Of(err))
}

func TestNamesInBodiesAreTheNetworksToo(t *testing.T) {
	for _, before := range []bool{true, false} {
		n := trt.NewNetwork("n", trt.Target{})
		x, c := n.AddInput("x", dtype.Float32, trt.Dims{2}), n.AddInput("c", dtype.Bool, trt.Dims{})
		taken := func() { n.AddIdentity("if/then/act", x) }
		if before {
			taken()
		}
		n.AddIf("if", c, trt.If{Then: bodyOf(trt.Dims{2}, relu), Else: bodyOf(trt.Dims{2}, relu)}, []*trt.Tensor{x}, []*trt.Tensor{x})
		if !before {
			require.NoError(t, n.Err())
			taken()
		}
		require.ErrorContains(t, n.Err(), "is already in use")
	}
}

// TestIfOfAnotherProduct: bodies may hold what the network's own target has.
func TestIfOfAnotherProduct(t *testing.T) {
	target := trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}
	body := func() *trt.Network {
		b := trt.NewNetwork("body", target)
		b.MarkOutput(b.AddNonZero("places", b.AddInput("x", dtype.Float32, trt.Dims{2, 3}), trt.NonZero{}), "y")
		return b
	}
	n := trt.NewNetwork("n", target)
	x := n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
	y := n.AddIf("if", n.AddInput("condition", dtype.Bool, trt.Dims{}), trt.If{Then: body(), Else: body()}, []*trt.Tensor{x}, []*trt.Tensor{x})
	require.NoError(t, n.Err())
	require.Equal(t, trt.Dims{2, trt.Dynamic}, y[0].Dims)
}
