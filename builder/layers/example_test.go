package layers_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Five values averaged to three: the windows are 0-1, 1-3 and 3-4.
func ExampleAdaptiveAveragePool() {
	net := trt.NewNetwork("example", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 1, 5})
	net.MarkOutput(layers.AdaptiveAveragePool(net, "pool", x, trt.Dims{3}), "y")
	out, err := refexec.Run(context.Background(), net, map[string]*trt.Value{
		"x": {Type: dtype.Float32, Dims: trt.Dims{1, 1, 5}, Floats: []float32{0, 1, 2, 6, 8}},
	}, refexec.Options{})
	fmt.Println(out["y"].Floats, err)
	// Output: [0.5 3 7] <nil>
}
