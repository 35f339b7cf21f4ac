package refexec_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ExampleRun() {
	net := trt.NewNetwork("blur", trt.Target{})
	x := net.AddInput("image", dtype.Float32, trt.Dims{trt.Dynamic, 1, 1, 4})
	y := net.AddConvolution("conv", x, trt.Convolution{
		OutChannels: 1, Kernel: trt.Dims{1, 2}, Weight: trt.NewWeights(trt.Dims{1, 1, 1, 2}, trt.Float32s{0.5, 0.5}),
	})
	net.MarkOutput(y, "blurred")

	in := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{1, 1, 1, 4}, Floats: []float32{1, 3, 5, 1}}
	out, err := refexec.Run(context.Background(), net, map[string]*trt.Value{"image": in}, refexec.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out["blurred"].Dims, out["blurred"].Floats)
	// Output: [1,1,1,3] [2 4 3]
}

// Taps see every tensor, so ranges of activations cost one run.
func ExampleOptions_tap() {
	net := trt.NewNetwork("half", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{2})
	h := net.AddCast("x/to_float16", x, dtype.Float16)
	net.MarkOutput(net.AddElementWise("square", h, h, trt.Prod), "y")

	in := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{2}, Floats: []float32{0.1, 300}}
	_, err := refexec.Run(context.Background(), net, map[string]*trt.Value{"x": in}, refexec.Options{
		Tap: func(name string, _ *trt.Tensor, v *trt.Value) { fmt.Println(name, v.Type, v.Floats) },
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// x float32 [0.1 300]
	// x/to_float16 float16 [0.099975586 300]
	// y float16 [0.009994507 +Inf]
}
