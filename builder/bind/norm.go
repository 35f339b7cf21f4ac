package bind

import (
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// LayerNorm normalizes the last axis of x and applies path.weight and
// path.bias, as torch.nn.LayerNorm of one dimension does.
func (b *Binder) LayerNorm(path string, x *trt.Tensor, eps float64) *trt.Tensor {
	last := len(x.Dims) - 1
	return b.normalization(path, x, last, trt.Normalization{Axes: []int{last}, Epsilon: float32(eps)})
}

// InstanceNorm normalizes each channel of each image of x [N,C,spatial…]. With
// affine it applies path.weight and path.bias, as torch.nn.InstanceNorm2d and
// its kin do when they are told to.
func (b *Binder) InstanceNorm(path string, x *trt.Tensor, eps float64, affine bool) *trt.Tensor {
	op := trt.Normalization{Axes: after(1, x), Epsilon: float32(eps)}
	if affine || b.net.Err() != nil {
		return b.normalization(path, x, 1, op)
	}
	name := Layer(path)
	constant := func(part string, v float32) *trt.Tensor {
		return b.net.AddConstant(name+"/"+part, trt.NewWeights(ones(len(x.Dims)), trt.Float32s{v}).As(x.Type))
	}
	return b.net.AddNormalization(name, x, constant("weight", 1), constant("bias", 0), op)
}

// GroupNorm normalizes groups of the channels of x [N,C,spatial…] and applies
// path.weight and path.bias, as torch.nn.GroupNorm does.
func (b *Binder) GroupNorm(path string, x *trt.Tensor, groups int64, eps float64) *trt.Tensor {
	op := trt.Normalization{Axes: after(1, x), Epsilon: float32(eps), Groups: groups}
	if groups == 1 {
		op.Axes = after(0, x)
	}
	return b.normalization(path, x, 1, op)
}

// after returns the axes of x behind one.
func after(axis int, x *trt.Tensor) []int {
	var axes []int
	for a := axis + 1; a < len(x.Dims); a++ {
		axes = append(axes, a)
	}
	return axes
}

// normalization takes path.weight and path.bias along an axis.
func (b *Binder) normalization(path string, x *trt.Tensor, axis int, op trt.Normalization) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	name := Layer(path)
	if axis < 0 || axis >= len(x.Dims) {
		return b.net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "has too few dimensions to be normalized", Found: x.Dims.String()})
	}
	dims := ones(len(x.Dims))
	dims[axis] = x.Dims[axis]
	take := func(field, part string) *trt.Tensor {
		return b.net.AddConstant(name+"/"+field, b.Weights(path+"."+field, part, fmt.Sprintf("%d channels", dims[axis]), dims))
	}
	return b.net.AddNormalization(name, x, take("weight", "gamma"), take("bias", "beta"), op)
}
