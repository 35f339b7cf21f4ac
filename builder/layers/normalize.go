package layers

import "github.com/trtbuild/trtbuild/trt"

// Normalize subtracts from x its mean over the axes and divides by its standard
// deviation there, the root of the variance plus eps. Axes are ascending; their
// extents may be dynamic.
func Normalize(net *trt.Network, name string, x *trt.Tensor, axes []int, eps float64) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	mean := func(part string, x *trt.Tensor) *trt.Tensor {
		return net.AddReduce(name+"/"+part, x, trt.Reduce{Operation: trt.ReduceMean, Axes: axes, KeepDims: true})
	}
	epsilon := net.AddConstant(name+"/eps", trt.NewWeights(entries(nil, len(x.Dims), 1), trt.Float32s{float32(eps)}).As(x.Type))
	x = net.AddElementWise(name+"/centred", x, mean("mean", x), trt.Sub)
	variance := mean("variance", net.AddElementWise(name+"/squares", x, x, trt.Prod))
	std := net.AddUnary(name+"/std", net.AddElementWise(name+"/variance_eps", variance, epsilon, trt.Sum), trt.Sqrt)
	return net.AddElementWise(name, x, std, trt.Div)
}

// GroupNormalize is Normalize over the spatial dimensions and each of groups of
// the channels of x [N,C,spatial…], which but for N must be static.
func GroupNormalize(net *trt.Network, name string, x *trt.Tensor, groups int64, eps float64) *trt.Tensor {
	if net.Err() != nil {
		return x
	}
	if len(x.Dims) < 2 || !x.Dims[1:].IsStatic() || groups < 1 || x.Dims[1]%groups != 0 {
		return net.Fail(&trt.Error{Layer: name, Operand: "input", Msg: "must have static dimensions and channels that make groups", Found: x.Dims.String()})
	}
	back := append(trt.Dims{0}, x.Dims[1:]...)
	x = net.AddShuffle(name+"/groups", x, trt.Shuffle{Reshape: trt.Dims{0, groups, x.Dims[1:].Count() / groups}})
	x = Normalize(net, name+"/normalized", x, []int{2}, eps)
	return net.AddShuffle(name, x, trt.Shuffle{Reshape: back})
}
