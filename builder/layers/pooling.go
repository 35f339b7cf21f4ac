package layers

import (
	"github.com/trtbuild/trtbuild/trt"
)

// CeilPooling adds a pooling whose sizes are rounded up as PyTorch's
// ceil_mode does: a window that would start behind the input and its left
// padding is dropped, while TensorRT keeps it. Spatial dimensions must be
// static.
func CeilPooling(net *trt.Network, name string, x *trt.Tensor, op trt.Pooling) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	k := len(op.Window)
	if len(x.Dims) != k+2 || !x.Dims[2:].IsStatic() {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must have a static extent for each of the window's", Expected: op.Window.String(), Found: x.Dims.String()})
	}
	post := entries(op.PostPadding, k, 0)
	size := x.Dims[2:].Clone()
	cut := false
	for i, e := range size {
		stride, pre := entries(op.Stride, k, 1)[i], entries(op.PrePadding, k, 0)[i]
		span := e + pre + post[i] - op.Window[i]
		if span < 0 || stride < 1 {
			break // the network's own rule refuses it
		}
		rest := span % stride
		if rest == 0 || (span/stride+1)*stride < e+pre {
			continue
		}
		// Without the rest, that no window reads, nothing is left to round up.
		padding := min(rest, post[i])
		post[i] -= padding
		size[i] -= rest - padding
		cut = cut || rest > padding
	}
	if cut {
		x = net.AddSlice(name+"/cut", x, trt.Slice{Axes: spatialAxes(k), Start: make(trt.Dims, k), Size: size})
	}
	op.PostPadding, op.RoundUp = post, true
	return net.AddPooling(name, x, op)
}

// entries returns d, or k times v when d is empty.
func entries(d trt.Dims, k int, v int64) trt.Dims {
	if len(d) == k {
		return d.Clone()
	}
	all := make(trt.Dims, k)
	for i := range all {
		all[i] = v
	}
	return all
}
