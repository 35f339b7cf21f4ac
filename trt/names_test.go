package trt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Names of the layers that TensorRT makes of one are taken by it, whichever is
// recorded first.
func TestNamesOfCompanions(t *testing.T) {
	for name, add := range map[string]func(n *trt.Network, x *trt.Tensor){
		"y.axes": func(n *trt.Network, x *trt.Tensor) { n.AddUnsqueeze("y", x, 0) },
		"y.axis": func(n *trt.Network, x *trt.Tensor) {
			n.Add("y", trt.Cumulative{Axis: 0, Operation: trt.CumulativeSum}, x)
		},
		"y.count":      func(n *trt.Network, x *trt.Tensor) { addLoop(n, x) },
		"y.output1":    func(n *trt.Network, x *trt.Tensor) { addLoop(n, x) },
		"y/body/state": func(n *trt.Network, x *trt.Tensor) { addLoop(n, x) },
		"y/body/sum":   func(n *trt.Network, x *trt.Tensor) { addLoop(n, x) },
	} {
		n := trt.NewNetwork("before", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
		n.AddIdentity(name, x)
		require.NoError(t, n.Err())
		add(n, x)
		require.ErrorContains(t, n.Err(), "layer name: is already in use: "+name)

		n = trt.NewNetwork("after", trt.Target{})
		x = n.AddInput("x", dtype.Float32, trt.Dims{2, 3})
		add(n, x)
		require.NoError(t, n.Err())
		n.AddIdentity(name, x)
		require.ErrorContains(t, n.Err(), "layer "+name+" (identity): layer name: is already in use")
	}
}

// addLoop adds a loop "y" of two outputs.
func addLoop(n *trt.Network, x *trt.Tensor) {
	body := trt.NewNetwork("body", trt.Target{})
	state := body.AddInput("state", x.Type, x.Dims)
	body.MarkOutput(body.AddElementWise("sum", state, state, trt.Sum), "next")
	last := trt.LoopOutput{Kind: trt.LoopLastValue, Value: "state"}
	n.AddLoop("y", trt.Loop{
		Body: body, TripCount: true,
		Recurrences: []trt.Recurrence{{State: "state", Next: "next"}},
		Outputs:     []trt.LoopOutput{last, last},
	}, n.AddInput("trips", dtype.Int32, trt.Dims{}), x)
}
