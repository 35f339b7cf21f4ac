//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "unsafe"

// Each AddX adds one layer and returns its outputs as TensorRT inferred them.
// The comments of bridge.h say what the parameters mean and which of them may be
// left at zero. After an error the network may hold a half-made layer: free it.

// AddInput adds a network input.
func (n *Network) AddInput(name string, t DataType, shape []int64) ([]Tensor, error) {
	s, l := chars(name)
	d := dims(shape)
	var out C.tb_outputs
	return n.added(C.tb_add_input(n.api.c, n.c, s, l, C.int32_t(t), &d, &out), &out)
}

// AddConstant adds a constant.
func (n *Network) AddConstant(name string, shape []int64, value Weights) ([]Tensor, error) {
	s, l := chars(name)
	d, v := dims(shape), value.c()
	var out C.tb_outputs
	return n.added(C.tb_add_constant(n.api.c, n.c, s, l, &d, &v, &out), &out)
}

// Convolution is tb_convolution.
type Convolution struct {
	OutChannels, Groups                               int64
	Kernel, Stride, PrePadding, PostPadding, Dilation []int64
	Weight, Bias                                      Weights
	KernelTensor, BiasTensor                          ID
}

func (p Convolution) c() C.tb_convolution {
	return C.tb_convolution{
		out_channels: C.int64_t(p.OutChannels), groups: C.int64_t(p.Groups),
		kernel: dims(p.Kernel), stride: dims(p.Stride),
		pre_padding: dims(p.PrePadding), post_padding: dims(p.PostPadding), dilation: dims(p.Dilation),
		weight: p.Weight.c(), bias: p.Bias.c(),
		kernel_tensor: C.int32_t(p.KernelTensor), bias_tensor: C.int32_t(p.BiasTensor),
	}
}

// AddConvolution adds a convolution.
func (n *Network) AddConvolution(name string, in ID, p Convolution) ([]Tensor, error) {
	s, l := chars(name)
	c := p.c()
	var out C.tb_outputs
	return n.added(C.tb_add_convolution(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddDeconvolution adds a transposed convolution.
func (n *Network) AddDeconvolution(name string, in ID, p Convolution) ([]Tensor, error) {
	s, l := chars(name)
	c := p.c()
	var out C.tb_outputs
	return n.added(C.tb_add_deconvolution(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Activation is tb_activation.
type Activation struct {
	Kind        ActivationKind
	Alpha, Beta float32
}

// AddActivation adds an activation.
func (n *Network) AddActivation(name string, in ID, p Activation) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_activation{kind: C.int32_t(p.Kind), alpha: C.float(p.Alpha), beta: C.float(p.Beta)}
	var out C.tb_outputs
	return n.added(C.tb_add_activation(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Scale is tb_scale.
type Scale struct {
	Mode                ScaleMode
	ChannelAxis         int
	Scale, Shift, Power Weights
}

// AddScale adds a scale.
func (n *Network) AddScale(name string, in ID, p Scale) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_scale{
		mode: C.int32_t(p.Mode), channel_axis: C.int32_t(p.ChannelAxis),
		scale: p.Scale.c(), shift: p.Shift.c(), power: p.Power.c(),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_scale(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Pooling is tb_pooling.
type Pooling struct {
	Kind                                    PoolingKind
	CeilMode, CountIncludesPad              bool
	Blend                                   float32
	Window, Stride, PrePadding, PostPadding []int64
}

// AddPooling adds a pooling.
func (n *Network) AddPooling(name string, in ID, p Pooling) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_pooling{
		kind: C.int32_t(p.Kind), ceil_mode: flag(p.CeilMode), count_includes_pad: flag(p.CountIncludesPad), blend: C.float(p.Blend),
		window: dims(p.Window), stride: dims(p.Stride),
		pre_padding: dims(p.PrePadding), post_padding: dims(p.PostPadding),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_pooling(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddElementwise adds an operation of two operands.
func (n *Network) AddElementwise(name string, a, b ID, op ElementwiseOp) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_elementwise(n.api.c, n.c, s, l, C.int32_t(a), C.int32_t(b), C.int32_t(op), &out), &out)
}

// AddUnary adds an operation of one operand.
func (n *Network) AddUnary(name string, in ID, op UnaryOp) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_unary(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(op), &out), &out)
}

// AddConcatenation joins tensors along an axis.
func (n *Network) AddConcatenation(name string, in []ID, axis int) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	ids := (*C.int32_t)(unsafe.SliceData(in))
	return n.added(C.tb_add_concatenation(n.api.c, n.c, s, l, ids, C.size_t(len(in)), C.int32_t(axis), &out), &out)
}

// Shuffle is tb_shuffle.
type Shuffle struct {
	HasReshape, ZeroCopies bool
	First, Reshape, Second []int64
	Shape                  ID
}

// AddShuffle adds a transpose, a reshape, a transpose.
func (n *Network) AddShuffle(name string, in ID, p Shuffle) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_shuffle{
		has_reshape: flag(p.HasReshape), zero_copies: flag(p.ZeroCopies),
		first: dims(p.First), reshape: dims(p.Reshape), second: dims(p.Second),
		shape: C.int32_t(p.Shape),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_shuffle(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Slice is tb_slice.
type Slice struct {
	Mode                                                      SliceMode
	Axes, Start, Size, Stride                                 []int64
	InputStart, InputSize, InputStride, InputAxes, InputValue ID
}

// AddSlice adds a slice.
func (n *Network) AddSlice(name string, in ID, p Slice) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_slice{
		mode: C.int32_t(p.Mode), axes: dims(p.Axes), start: dims(p.Start), size: dims(p.Size), stride: dims(p.Stride),
		input_start: C.int32_t(p.InputStart), input_size: C.int32_t(p.InputSize), input_stride: C.int32_t(p.InputStride),
		input_axes: C.int32_t(p.InputAxes), input_value: C.int32_t(p.InputValue),
	}
	var out C.tb_outputs
	return n.added(C.tb_add_slice(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Resize is tb_resize.
type Resize struct {
	Mode             ResizeMode
	Coordinates      Coordinates
	Rounding         Rounding
	UpperLeft        bool
	ExcludeOutside   bool
	CubicCoefficient float32
	Scales           []float32
	Size             []int64
	InputSize        ID
}

// AddResize adds an interpolation.
func (n *Network) AddResize(name string, in ID, p Resize) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_resize{
		mode: C.int32_t(p.Mode), coordinates: C.int32_t(p.Coordinates), rounding: C.int32_t(p.Rounding),
		upper_left: flag(p.UpperLeft), exclude_outside: flag(p.ExcludeOutside), cubic_coefficient: C.float(p.CubicCoefficient),
		scale_count: C.int32_t(len(p.Scales)), size: dims(p.Size), input_size: C.int32_t(p.InputSize),
	}
	for i := range min(len(p.Scales), len(c.scales)) {
		c.scales[i] = C.float(p.Scales[i])
	}
	var out C.tb_outputs
	return n.added(C.tb_add_resize(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddSoftmax adds a softmax along an axis.
func (n *Network) AddSoftmax(name string, in ID, axis int) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_softmax(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(axis), &out), &out)
}

// Reduce is tb_reduce.
type Reduce struct {
	Kind     ReduceKind
	Axes     uint32 // bit i for axis i
	KeepDims bool
}

// AddReduce adds a reduction.
func (n *Network) AddReduce(name string, in ID, p Reduce) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_reduce{kind: C.int32_t(p.Kind), axes: C.uint32_t(p.Axes), keep_dims: flag(p.KeepDims)}
	var out C.tb_outputs
	return n.added(C.tb_add_reduce(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// AddMatrixMultiply adds a product of matrices.
func (n *Network) AddMatrixMultiply(name string, a ID, aOp MatrixOp, b ID, bOp MatrixOp) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_matmul(n.api.c, n.c, s, l,
		C.int32_t(a), C.int32_t(aOp), C.int32_t(b), C.int32_t(bOp), &out), &out)
}

// AddCast changes the element type.
func (n *Network) AddCast(name string, in ID, t DataType) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_cast(n.api.c, n.c, s, l, C.int32_t(in), C.int32_t(t), &out), &out)
}

// AddIdentity adds a copy.
func (n *Network) AddIdentity(name string, in ID) ([]Tensor, error) {
	s, l := chars(name)
	var out C.tb_outputs
	return n.added(C.tb_add_identity(n.api.c, n.c, s, l, C.int32_t(in), &out), &out)
}

// AddPadding pads or crops the last two axes.
func (n *Network) AddPadding(name string, in ID, pre, post []int64) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_padding{pre: dims(pre), post: dims(post)}
	var out C.tb_outputs
	return n.added(C.tb_add_padding(n.api.c, n.c, s, l, C.int32_t(in), &c, &out), &out)
}

// Gather is tb_gather.
type Gather struct {
	Mode            GatherMode
	Axis, BatchDims int
}

// AddGather picks elements by index.
func (n *Network) AddGather(name string, data, indices ID, p Gather) ([]Tensor, error) {
	s, l := chars(name)
	c := C.tb_gather{mode: C.int32_t(p.Mode), axis: C.int32_t(p.Axis), batch_dims: C.int32_t(p.BatchDims)}
	var out C.tb_outputs
	return n.added(C.tb_add_gather(n.api.c, n.c, s, l, C.int32_t(data), C.int32_t(indices), &c, &out), &out)
}

// AddSqueeze removes axes of size 1.
func (n *Network) AddSqueeze(name string, in ID, axes []int64) ([]Tensor, error) {
	s, l := chars(name)
	d := dims(axes)
	var out C.tb_outputs
	return n.added(C.tb_add_squeeze(n.api.c, n.c, s, l, C.int32_t(in), &d, &out), &out)
}

// AddUnsqueeze adds axes of size 1.
func (n *Network) AddUnsqueeze(name string, in ID, axes []int64) ([]Tensor, error) {
	s, l := chars(name)
	d := dims(axes)
	var out C.tb_outputs
	return n.added(C.tb_add_unsqueeze(n.api.c, n.c, s, l, C.int32_t(in), &d, &out), &out)
}
