package refexec_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// bottlenecks records the layers of ResNet-50 (8.2 GFLOP at 224x224) with
// random weights.
func bottlenecks(size int64) *trt.Network {
	r := rand.New(rand.NewPCG(1, 2))
	normal := func(dims trt.Dims, std float64) *trt.Weights {
		v := make(trt.Float32s, dims.Count())
		for i := range v {
			v[i] = float32(r.NormFloat64() * std)
		}
		return trt.NewWeights(dims, v)
	}
	n := trt.NewNetwork("resnet50", trt.Target{})
	conv := func(name string, x *trt.Tensor, out, k, stride int64) *trt.Tensor {
		in, pad := x.Dims[1], k/2
		return n.AddConvolution(name, x, trt.Convolution{
			OutChannels: out, Kernel: trt.Dims{k, k}, Stride: trt.Dims{stride, stride}, PrePadding: trt.Dims{pad, pad}, PostPadding: trt.Dims{pad, pad},
			Weight: normal(trt.Dims{out, in, k, k}, 1/math.Sqrt(float64(in*k*k))), Bias: normal(trt.Dims{out}, 0.1),
		})
	}
	relu := func(x *trt.Tensor) *trt.Tensor {
		return n.AddActivation(x.Name+"/relu", x, trt.Activation{Type: trt.ReLU})
	}
	x := relu(conv("stem", n.AddInput("x", dtype.Float32, trt.Dims{1, 3, size, size}), 64, 7, 2))
	x = n.AddPooling("maxpool", x, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{3, 3}, Stride: trt.Dims{2, 2}, PrePadding: trt.Dims{1, 1}, PostPadding: trt.Dims{1, 1}})
	for stage, depth := range []int{3, 4, 6, 3} {
		width := int64(64) << stage
		for block := range depth {
			name, stride := fmt.Sprintf("layer%d/%d", stage+1, block), int64(1)
			if block == 0 && stage > 0 {
				stride = 2
			}
			y := relu(conv(name+"/conv1", x, width, 1, 1))
			y = relu(conv(name+"/conv2", y, width, 3, stride))
			y = conv(name+"/conv3", y, 4*width, 1, 1)
			if block == 0 {
				x = conv(name+"/downsample", x, 4*width, 1, stride)
			}
			x = relu(n.AddElementWise(name+"/sum", x, y, trt.Sum))
		}
	}
	x = n.AddReduce("avgpool", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}})
	w := n.AddConstant("fc/weight", normal(trt.Dims{1000, 2048}, 0.02))
	n.MarkOutput(n.AddMatrixMultiply("fc", x, trt.MatrixNone, w, trt.MatrixTranspose), "logits")
	return n
}

func BenchmarkResNet50(b *testing.B) {
	for _, size := range []int64{64, 224} {
		n := bottlenecks(size)
		in := map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: trt.Dims{1, 3, size, size}, Floats: make([]float32, 3*size*size)}}
		for i := range in["x"].Floats {
			in["x"].Floats[i] = float32(i%13) / 13
		}
		for _, wide := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/float64=%v", size, wide), func(b *testing.B) {
				for b.Loop() {
					if _, err := refexec.Run(context.Background(), n, in, refexec.Options{Float64: wide}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
