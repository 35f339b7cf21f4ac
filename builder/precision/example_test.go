package precision_test

import (
	"context"
	"fmt"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// A convolution whose weights and values are too small for FP16 stays FP32; the
// one before it, with a batch normalization of its own, does not.
func Example() {
	scalar := func(v float32) *trt.Weights { return trt.NewWeights(trt.Dims{1}, trt.Float32s{v}) }
	conv := func(w float32) trt.Convolution {
		return trt.Convolution{OutChannels: 1, Kernel: trt.Dims{1, 1}, Weight: scalar(w)}
	}
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("images", dtype.Float32, trt.Dims{1, 1, 4, 4})
	x = n.AddConvolution("large", x, conv(0.1))
	x = n.AddBatchNorm("bn", x, trt.BatchNorm{Mean: scalar(0), Var: scalar(0.01)})
	x = n.AddConvolution("small", x, conv(1e-7))
	n.MarkOutput(x, "features")

	folded, err := transform.FoldBatchNorm(n)
	if err != nil {
		fmt.Println(err)
		return
	}
	facts, resident, weights, err := ranges.Analyze(context.Background(), folded, ranges.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer weights.Close()
	plan, err := precision.Decide(resident, facts, precision.Options{FP16: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	typed, err := precision.Apply(resident, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range plan.Layers {
		fmt.Println(d.Name, d.Precision, d.Codes)
	}
	fmt.Println(plan.Casts, "casts:", len(typed.Layers()), "layers")
	// Output:
	// large fp16 []
	// small fp32 [W-SUB A-SUB]
	// 2 casts: 4 layers
}
