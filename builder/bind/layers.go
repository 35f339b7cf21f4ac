package bind

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/trt"
)

// Convolution describes the 2-D convolution of a module: path.weight
// [Out, C/Groups, Kernel…] and, with Bias, path.bias [Out]. Padding is the same
// on both sides. Nil Stride means 1, nil Padding 0, zero Groups 1.
type Convolution struct {
	Out     int64
	Kernel  trt.Dims
	Stride  trt.Dims
	Padding trt.Dims
	Groups  int64
	Bias    bool
}

// Square returns n in both directions.
func Square(n int64) trt.Dims { return trt.Dims{n, n} }

// Convolution adds the convolution of the module at path.
func (b *Binder) Convolution(path string, x *trt.Tensor, c Convolution) *trt.Tensor {
	if !b.hasChannels(path, x) {
		return x
	}
	op := trt.Convolution{
		OutChannels: c.Out, Kernel: c.Kernel, Stride: c.Stride, PrePadding: c.Padding, PostPadding: c.Padding, Groups: max(c.Groups, 1),
	}
	op.Weight, op.Bias = b.kernel(path, x, c)
	return b.net.AddConvolution(Layer(path), x, op)
}

// hasChannels reports whether x is [N,C,…] of so many channels as its module's
// weights can be for, and fails if not.
func (b *Binder) hasChannels(path string, x *trt.Tensor) bool {
	if b.net.Err() != nil {
		return false
	}
	if len(x.Dims) < 2 || x.Dims[1] == trt.Dynamic {
		b.net.Fail(&trt.Error{Layer: Layer(path), Operand: "input", Msg: "must have a fixed number of channels", Expected: "[N,C,…]", Found: x.Dims.String()})
		return false
	}
	return true
}

// kernel takes the weights of a convolution of x.
func (b *Binder) kernel(path string, x *trt.Tensor, c Convolution) (weight, bias *trt.Weights) {
	in, groups := x.Dims[1], max(c.Groups, 1)
	reason := fmt.Sprintf("%d outputs, %d inputs, kernel %v", c.Out, in, c.Kernel)
	if groups > 1 {
		reason += fmt.Sprintf(", %d groups", groups)
	}
	weight = b.Weights(path+".weight", "kernel", reason, append(trt.Dims{c.Out, in / groups}, c.Kernel...))
	if c.Bias {
		bias = b.Weights(path+".bias", "bias", fmt.Sprintf("%d outputs", c.Out), trt.Dims{c.Out})
	}
	return weight, bias
}

// DeformConv adds the deformable convolution of the module at path, whose weights
// are those of a convolution: torchvision.ops.DeformConv2d. mask is nil in
// version 1.
func (b *Binder) DeformConv(path string, x, offset, mask *trt.Tensor, c Convolution, dilation trt.Dims) *trt.Tensor {
	if !b.hasChannels(path, x) {
		return x
	}
	d := layers.Deformation{Stride: c.Stride, Padding: c.Padding, Dilation: dilation, Groups: c.Groups}
	d.Weight, d.Bias = b.kernel(path, x, c)
	return layers.DeformableConvolution(b.net, Layer(path), x, offset, mask, d)
}

// BatchNorm adds the batch normalization of the module at path: weight, bias,
// running_mean and running_var, each as long as x has channels.
func (b *Binder) BatchNorm(path string, x *trt.Tensor, eps float64) *trt.Tensor {
	if !b.hasChannels(path, x) {
		return x
	}
	take := func(field, part string) *trt.Weights {
		return b.Weights(path+"."+field, part, fmt.Sprintf("%d channels", x.Dims[1]), trt.Dims{x.Dims[1]})
	}
	return b.net.AddBatchNorm(Layer(path), x, trt.BatchNorm{
		Eps:   eps,
		Gamma: take("weight", "gamma"), Beta: take("bias", "beta"),
		Mean: take("running_mean", "mean"), Var: take("running_var", "var"),
	})
}

// Linear adds x […,in] times the transpose of path.weight [out,in] plus
// path.bias [out], as four layers: path/weight, path/matmul, path/bias, path.
func (b *Binder) Linear(path string, x *trt.Tensor, out int64) *trt.Tensor {
	return b.linear(path, path+".weight", path+".bias", x, out)
}

func (b *Binder) linear(path, weight, bias string, x *trt.Tensor, out int64) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	name, last := Layer(path), len(x.Dims)-1
	if last < 1 {
		return b.net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must have a batch and features", Found: x.Dims.String()})
	}
	in := x.Dims[last]
	dims := func(rows, columns int64) trt.Dims {
		return append(ones(last-1), rows, columns)
	}
	w := b.net.AddConstant(name+"/weight", b.Weights(weight, "kernel", fmt.Sprintf("%d outputs of %d inputs", out, in), dims(out, in)))
	shift := b.net.AddConstant(name+"/bias", b.Weights(bias, "bias", fmt.Sprintf("%d outputs", out), dims(1, out)))
	y := b.net.AddMatrixMultiply(name+"/matmul", x, trt.MatrixNone, w, trt.MatrixTranspose)
	return b.net.AddElementWise(name, y, shift, trt.Sum)
}

func ones(n int) trt.Dims {
	d := make(trt.Dims, n)
	for i := range d {
		d[i] = 1
	}
	return d
}

// ReLU adds a rectifier.
func (b *Binder) ReLU(path string, x *trt.Tensor) *trt.Tensor {
	return b.net.AddActivation(Layer(path), x, trt.Activation{Type: trt.ReLU})
}

// SiLU adds x times its sigmoid, as two layers: path/sigmoid, path.
func (b *Binder) SiLU(path string, x *trt.Tensor) *trt.Tensor {
	name := Layer(path)
	return b.net.AddElementWise(name, x, b.net.AddActivation(name+"/sigmoid", x, trt.Activation{Type: trt.Sigmoid}), trt.Prod)
}
