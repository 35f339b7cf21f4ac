package trt_test

import (
	"context"
	"fmt"
	"os"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func ExampleNetwork() {
	kernel := trt.NewWeights(trt.Dims{8, 3, 3, 3}, make(trt.Float32s, 8*3*3*3))
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("images", dtype.Float32, trt.Dims{trt.Dynamic, 3, 32, 32})
	y := n.AddConvolution("stem/conv", x, trt.Convolution{OutChannels: 8, Kernel: trt.Dims{3, 3}, Weight: kernel})
	y = n.AddActivation("stem/relu", y, trt.Activation{Type: trt.ReLU})
	y = n.AddReduce("mean", y, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}})
	n.MarkOutput(y, "features")
	if err := n.Validate(); err != nil {
		fmt.Println(err)
		return
	}
	n.WriteText(os.Stdout)
	// Output:
	// network tiny for TensorRT-RTX 1.7.1: 3 layers
	//
	// LAYER      KIND         TYPE     DIMENSIONS    INPUTS     PARAMETERS
	// images     input        float32  [-1,3,32,32]
	// stem/conv  convolution  float32  [-1,8,30,30]  images     out_channels=8 kernel=[3,3] stride=[1,1] pre_padding=[0,0] post_padding=[0,0] dilation=[1,1] groups=1 kernel:float32[8,3,3,3]
	// stem/relu  activation   float32  [-1,8,30,30]  stem/conv  type=relu alpha=0 beta=0
	// mean       reduce       float32  [-1,8]        stem/relu  operation=mean axes=[2,3] keep_dims=false
	//
	// OUTPUTS
	// features, of mean: float32 [-1,8]
}

func ExampleNetwork_AddPluginV3() {
	n := trt.NewNetwork("plugged", trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 64, 80, 80})
	out := n.AddPluginV3("head/twice", []*trt.Tensor{x}, nil, trt.PluginV3{
		Creator: "Twice", Version: "1",
		Fields:  []trt.PluginField{trt.NewPluginField[float32]("scale", 2), trt.NewPluginText("mode", "fast")},
		Outputs: []trt.PluginOutput{{Type: dtype.Float32, Dims: x.Dims}},
	})
	n.MarkOutput(out[0], "y")
	fmt.Println(out[0].Type, out[0].Dims, n.Validate())
	// Output: float32 [1,64,80,80] <nil>
}

func ExampleNetwork_Err() {
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("tokens", dtype.Float32, trt.Dims{1, 77, 768})
	bias := n.AddConstant("bias", trt.NewWeights(trt.Dims{768}, make(trt.Float32s, 768)))
	y := n.AddElementWise("shifted", x, bias, trt.Sum)
	n.MarkOutput(n.AddSoftmax("softmax", y, 2), "y")
	fmt.Println(n.Err())
	// Output:
	// network tiny: layer shifted (elementwise): second input: must have the rank of the first input: expected 3 [1,77,768], found 1 [768]
}

func ExampleNetwork_Rewrite() {
	n := trt.NewNetwork("tiny", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 8, 8})
	y := n.AddActivation("act", x, trt.Activation{Type: trt.Sigmoid})
	n.MarkOutput(y, "y")
	m, err := n.Rewrite(func(dst *trt.Network, l *trt.Layer, in []*trt.Tensor) ([]*trt.Tensor, error) {
		if op, ok := l.Op.(trt.Activation); !ok || op.Type != trt.Sigmoid {
			return nil, nil // keep
		}
		return []*trt.Tensor{dst.AddActivation(l.Name, in[0], trt.Activation{Type: trt.HardSigmoid, Alpha: 0.2, Beta: 0.5})}, nil
	})
	fmt.Println(m.Layers()[0].Op.(trt.Activation).Type, err)
	// Output:
	// hard_sigmoid <nil>
}

func ExampleMaterialize() {
	w := trt.NewWeights(trt.Dims{1, 3}, trt.Float32s{1, 0.5, 65519}).As(dtype.Float16)
	n := trt.NewNetwork("tiny", trt.Target{})
	n.MarkOutput(n.AddConstant("c", w), "y")
	m, mem, err := trt.Materialize(context.Background(), n)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mem.Close()
	held := m.Layers()[0].Op.Weights()[0].Weights
	fmt.Printf("%s %v: % x\n", held.Type, held.Dims, held.Bytes())
	// Output:
	// float16 [1,3]: 00 3c 00 38 ff 7b
}

func ExampleNetwork_Dump() {
	n := trt.NewNetwork("tiny", trt.Target{})
	n.MarkOutput(n.AddConstant("c", trt.NewWeights(trt.Dims{2}, trt.Float32s{1, 2})), "y")
	dir, err := os.MkdirTemp("", "dump")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := n.Dump(dir); err != nil {
		fmt.Println(err)
		return
	}
	back, err := trt.LoadDump(dir)
	fmt.Println(back.Name(), back.Outputs()[0].Name, back.Outputs()[0].Dims, err)
	// Output:
	// tiny y [2] <nil>
}
