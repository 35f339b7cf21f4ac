package bind

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/trt"
)

// LayerNorm normalizes the last axis of x and applies path.weight and
// path.bias, as torch.nn.LayerNorm of one dimension does.
func (b *Binder) LayerNorm(path string, x *trt.Tensor, eps float64) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	last := len(x.Dims) - 1
	return b.affine(path, layers.Normalize(b.net, Layer(path)+"/normalized", x, []int{last}, eps), last)
}

// InstanceNorm normalizes each channel of each image of x [N,C,spatial…]. With
// affine it applies path.weight and path.bias, as torch.nn.InstanceNorm2d and
// its kin do when they are told to.
func (b *Binder) InstanceNorm(path string, x *trt.Tensor, eps float64, affine bool) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	name, axes := Layer(path), []int{}
	for a := 2; a < len(x.Dims); a++ {
		axes = append(axes, a)
	}
	if !affine {
		return layers.Normalize(b.net, name, x, axes, eps)
	}
	return b.affine(path, layers.Normalize(b.net, name+"/normalized", x, axes, eps), 1)
}

// GroupNorm normalizes groups of the channels of x [N,C,spatial…] and applies
// path.weight and path.bias, as torch.nn.GroupNorm does.
func (b *Binder) GroupNorm(path string, x *trt.Tensor, groups int64, eps float64) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	return b.affine(path, layers.GroupNormalize(b.net, Layer(path)+"/grouped", x, groups, eps), 1)
}

// affine multiplies by path.weight and adds path.bias along an axis.
func (b *Binder) affine(path string, x *trt.Tensor, axis int) *trt.Tensor {
	if b.net.Err() != nil {
		return x
	}
	name, dims := Layer(path), ones(len(x.Dims))
	dims[axis] = x.Dims[axis]
	take := func(field, part string) *trt.Tensor {
		return b.net.AddConstant(name+"/"+field, b.Weights(path+"."+field, part, fmt.Sprintf("%d channels", dims[axis]), dims))
	}
	x = b.net.AddElementWise(name+"/scaled", x, take("weight", "gamma"), trt.Prod)
	return b.net.AddElementWise(name, x, take("bias", "beta"), trt.Sum)
}
