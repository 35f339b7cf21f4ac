package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// cell adds a convolution of an entry to a state.
func cell() *trt.Network {
	n := trt.NewNetwork("cell", trt.Target{})
	state, x := n.AddInput("state", dtype.Float32, trt.Dims{trt.Dynamic, 4, 8, 8}), n.AddInput("x", dtype.Float32, trt.Dims{trt.Dynamic, 4, 8, 8})
	n.MarkOutput(n.AddElementWise("sum", state, conv(n, x), trt.Sum), "next")
	return n
}

// sequence is a network that runs a cell over a sequence of images.
func sequence(t testing.TB, change func(op *trt.Loop)) *trt.Network {
	n := trt.NewNetwork("sequence", trt.Target{})
	count, length := n.AddInput("count", dtype.Int32, trt.Dims{}), n.AddInput("length", dtype.Int64, trt.Dims{})
	first, images := n.AddInput("first", dtype.Float32, trt.Dims{2, 4, 8, 8}), n.AddInput("images", dtype.Float32, trt.Dims{2, 5, 4, 8, 8})
	op := trt.Loop{
		Body: cell(), TripCount: true,
		Recurrences: []trt.Recurrence{{State: "state", Next: "next"}},
		Iterators:   []trt.Iterator{{Input: "x", Axis: 1, Reverse: true}},
		Outputs: []trt.LoopOutput{
			{Kind: trt.LoopLastValue, Value: "state"},
			{Kind: trt.LoopConcatenate, Value: "next", Axis: 1},
		},
	}
	if change != nil {
		change(&op)
	}
	in := []*trt.Tensor{count, first, images, length}
	if !op.TripCount {
		in = in[1:]
	}
	for i, y := range n.AddLoop("loop", op, in...) {
		n.MarkOutput(y, []string{"last", "all"}[i])
	}
	return n
}

func TestLoop(t *testing.T) {
	n := sequence(t, nil)
	require.NoError(t, n.Validate())
	require.Equal(t, trt.Dims{2, 4, 8, 8}, n.Outputs()[0].Dims)
	require.Equal(t, trt.Dims{2, trt.Dynamic, 4, 8, 8}, n.Outputs()[1].Dims)
	op := n.Layers()[0].Op.(trt.Loop)
	require.Equal(t, trt.Dims{2, 4, 8, 8}, op.Body.Layers()[0].Outputs[0].Dims)
	require.Equal(t, []string{"trip count", "initial value of state", "what is iterated over by x", "length of output 1"}, op.Operands(4))
	l, ok := n.Layer("loop/body/conv")
	require.True(t, ok)
	require.Equal(t, "loop", l.Name)

	m := materialized(t, n)
	golden(t, "sequence.json", canonical(t, m))
	dir := t.TempDir()
	require.NoError(t, n.Dump(dir))
	back, err := trt.LoadDump(dir)
	require.NoError(t, err)
	require.Equal(t, string(canonical(t, m)), string(canonical(t, back)))
}

// What TensorRT could not even be asked is not in the table of layers.
func TestLoopsOfPartsThatDoNotFit(t *testing.T) {
	for want, change := range map[string]func(op *trt.Loop){
		"trip count: is missing, and a condition as well":              func(op *trt.Loop) { op.TripCount, op.Iterators[0].Reverse = false, false },
		"begins at the end, which only a trip count says":              func(op *trt.Loop) { op.TripCount, op.While = false, "next" },
		"next value of state: is no output of the body: state":         func(op *trt.Loop) { op.Recurrences[0].Next = "state" },
		"body: has no input left of that name: next":                   func(op *trt.Loop) { op.Recurrences[0].State = "next" },
		"body: has no input left of that name: state":                  func(op *trt.Loop) { op.Iterators[0].Input = "state" },
		"condition: is no output of the body: x":                       func(op *trt.Loop) { op.While = "x" },
		"condition: has a type":                                        func(op *trt.Loop) { op.While = "next" },
		"output 0: is the last value of what is no state: x":           func(op *trt.Loop) { op.Outputs[0].Value = "x" },
		"output 1: joins what is no output of the body: state":         func(op *trt.Loop) { op.Outputs[1].Value = "state" },
		"axis of output 1: is not an axis of a tensor of rank 5":       func(op *trt.Loop) { op.Outputs[1].Axis = 5 },
		"kind of output 1: is none of TensorRT's":                      func(op *trt.Loop) { op.Outputs[1].Kind = "all" },
		"output 1: is reversed or not joined along axis 0":             func(op *trt.Loop) { op.Iterators = nil; op.Body = idle() },
		"body: network cell: layer conv (convolution): kernel weights": func(op *trt.Loop) { op.Body = op.WithWeights([]*trt.Weights{ones(1), ones(4)}).(trt.Loop).Body },
	} {
		t.Run(want, func(t *testing.T) {
			err := sequence(t, change).Err()
			require.ErrorContains(t, err, want)
			require.Equal(t, fault.Unsupported, fault.Of(err))
		})
	}
	n := trt.NewNetwork("n", trt.Target{})
	n.AddLoop("loop", trt.Loop{TripCount: true}, n.AddInput("count", dtype.Int32, trt.Dims{}))
	require.ErrorContains(t, n.Err(), "body: is missing")
}

// idle is a cell that reads its sequence whole.
func idle() *trt.Network {
	n := trt.NewNetwork("idle", trt.Target{})
	state, x := n.AddInput("state", dtype.Float32, trt.Dims{2, 4, 8, 8}), n.AddInput("x", dtype.Float32, trt.Dims{2, 5, 4, 8, 8})
	mean := n.AddReduce("mean", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{1}})
	n.MarkOutput(n.AddElementWise("sum", state, mean, trt.Sum), "next")
	return n
}

// controlFlow is a conditional in a loop, without weights.
func controlFlow(t testing.TB) *trt.Network {
	body := trt.NewNetwork("body", trt.Target{})
	x, c := body.AddInput("x", dtype.Float32, trt.Dims{2}), body.AddInput("c", dtype.Bool, trt.Dims{})
	op := trt.If{Then: bodyOf(trt.Dims{2}, relu), Else: bodyOf(trt.Dims{2}, relu)}
	body.MarkOutput(body.AddIf("if", c, op, []*trt.Tensor{x}, []*trt.Tensor{x})[0], "y")
	n := trt.NewNetwork("flow", trt.Target{})
	count := n.AddInput("count", dtype.Int32, trt.Dims{})
	in, flags := n.AddInput("in", dtype.Float32, trt.Dims{2}), n.AddInput("flags", dtype.Bool, trt.Dims{3})
	loop := trt.Loop{
		Body: body, TripCount: true,
		Recurrences: []trt.Recurrence{{State: "x", Next: "y"}},
		Iterators:   []trt.Iterator{{Input: "c"}},
		Outputs:     []trt.LoopOutput{{Kind: trt.LoopReverse, Value: "y"}, {Kind: trt.LoopLastValue, Value: "x"}},
	}
	for i, y := range n.AddLoop("loop", loop, count, in, flags, count) {
		n.MarkOutput(y, []string{"all", "last"}[i])
	}
	require.NoError(t, n.Validate())
	return n
}
