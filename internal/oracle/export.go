package oracle

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// export adds the nodes of one layer.
func (g *graph) export(l *trt.Layer) {
	in := make([]string, len(l.Inputs))
	for i, x := range l.Inputs {
		in[i] = g.scope + x.Name
	}
	if len(l.Outputs) == 0 {
		g.unsupported("there is no operator for %s", l.Op.Kind())
		return
	}
	y := l.Outputs[0]
	out := g.scope + y.Name
	switch op := l.Op.(type) {
	case trt.Activation:
		g.activation(op, out, in[0], y.Type)
	case trt.Attention:
		g.attention(op, out, in, l.Inputs)
	case trt.BatchNorm:
		g.batchNorm(op, out, in[0], y.Dims[1])
	case trt.Cast:
		g.to(out, "Cast", in, number("to", elementTypes[op.To]))
	case trt.Concatenation:
		g.to(out, "Concat", in, number("axis", op.Axis))
	case trt.Constant:
		g.to(out, "Identity", []string{g.weights(op.Value, op.Value.Dims)})
	case trt.Convolution:
		dims := append(trt.Dims{op.OutChannels, l.Inputs[0].Dims[1] / op.Groups}, op.Kernel...)
		g.window(out, "Conv", in, op.Weight, dims, op.Bias, op.Kernel, op.Stride, op.PrePadding, op.PostPadding, op.Dilation, op.Groups)
	case trt.Cumulative:
		g.cumulative(op, out, in[0])
	case trt.Deconvolution:
		dims := append(trt.Dims{l.Inputs[0].Dims[1], op.OutChannels / op.Groups}, op.Kernel...)
		g.window(out, "ConvTranspose", in, op.Weight, dims, op.Bias, op.Kernel, op.Stride, op.PrePadding, op.PostPadding, op.Dilation, op.Groups)
	case trt.Dequantize:
		g.dequantize(op, out, in, l.Inputs)
	case trt.DynamicQuantize:
		g.dynamicQuantize(op, g.outputs(l), in[0], l.Inputs[0], l.Outputs[1].Dims)
	case trt.Einsum:
		g.einsum(op, out, in)
	case trt.ElementWise:
		g.elementWise(op, out, in, l.Inputs[0].Type)
	case trt.Fill:
		g.fill(op, out, in, y.Dims)
	case trt.Gather:
		g.gather(op, out, in, l.Inputs)
	case trt.GridSample:
		g.gridSample(op, out, in)
	case trt.Identity:
		g.to(out, "Identity", in)
	case trt.If:
		g.conditional(op, l, in)
	case trt.KVCacheUpdate:
		g.kvCacheUpdate(out, in, l.Inputs)
	case trt.Loop:
		g.loop(op, l, in)
	case trt.LRN:
		g.lrn(op, out, in)
	case trt.MatrixMultiply:
		g.matrixMultiply(op, out, in, l.Inputs)
	case trt.NMS:
		g.nms(op, []string{out, g.scope + l.Outputs[1].Name}, in, l.Inputs[0], l.Inputs[1].Dims)
	case trt.NonZero:
		g.nonZero(op, out, in, len(l.Inputs[0].Dims))
	case trt.Normalization:
		g.normalization(op, out, in, l.Inputs[0])
	case trt.OneHot:
		g.oneHot(op, out, in, len(l.Inputs[0].Dims))
	case trt.Padding:
		g.padding(op, out, in[0], len(y.Dims))
	case trt.ParametricReLU:
		g.to(out, "PRelu", in)
	case trt.Pooling:
		g.pooling(op, out, in[0], y.Type)
	case trt.Quantize:
		g.quantize(op, out, in, l.Inputs)
	case trt.RaggedSoftmax:
		g.raggedSoftmax(out, in, l.Inputs[0])
	case trt.Reduce:
		name := map[trt.ReduceOperation]string{trt.ReduceSum: "ReduceSum", trt.ReduceProd: "ReduceProd", trt.ReduceMax: "ReduceMax", trt.ReduceMin: "ReduceMin", trt.ReduceMean: "ReduceMean"}[op.Operation]
		g.to(out, name, []string{in[0], g.axes(op.Axes)}, flag("keepdims", op.KeepDims))
	case trt.Resize:
		g.resize(op, out, in)
	case trt.ReverseSequence:
		g.reverseSequence(op, out, in, len(y.Dims))
	case trt.RotaryEmbedding:
		g.rotary(op, out, in, l.Inputs)
	case trt.Scale:
		g.scale(op, out, in[0], l.Inputs[0].Dims)
	case trt.Scatter:
		g.scatter(op, out, in)
	case trt.Select:
		g.to(out, "Where", in)
	case trt.Shape:
		g.to(out, "Shape", in)
	case trt.Shuffle:
		g.shuffle(op, out, in, y.Dims)
	case trt.Slice:
		g.slice(op, out, in, l.Inputs[0].Dims)
	case trt.Softmax:
		g.to(out, "Softmax", in, number("axis", op.Axis))
	case trt.Squeeze:
		g.to(out, "Squeeze", []string{in[0], g.axes(op.Axes)})
	case trt.TopK:
		g.topK(op, []string{out, g.scope + l.Outputs[1].Name}, in)
	case trt.Unary:
		g.unary(op, out, in)
	case trt.Unsqueeze:
		g.to(out, "Unsqueeze", []string{in[0], g.axes(op.Axes)})
	default:
		g.unsupported("there is no operator for %s", l.Op.Kind())
	}
}

func (g *graph) activation(op trt.Activation, out, x string, t dtype.Type) {
	in := []string{x}
	alpha, beta := func() string { return g.scalar(t, op.Alpha) }, func() string { return g.scalar(t, op.Beta) }
	switch op.Type {
	case trt.ReLU:
		g.to(out, "Relu", in)
	case trt.Sigmoid:
		g.to(out, "Sigmoid", in)
	case trt.Tanh:
		g.to(out, "Tanh", in)
	case trt.LeakyReLU:
		g.to(out, "LeakyRelu", in, floating("alpha", op.Alpha))
	case trt.ELU:
		g.to(out, "Elu", in, floating("alpha", op.Alpha))
	case trt.SELU:
		g.to(out, "Selu", in, floating("alpha", op.Alpha), floating("gamma", op.Beta))
	case trt.Softsign:
		g.to(out, "Softsign", in)
	case trt.Softplus:
		g.to(out, "Mul", []string{alpha(), g.node("Softplus", []string{g.node("Mul", []string{beta(), x})})})
	case trt.Clip:
		g.to(out, "Clip", []string{x, alpha(), beta()})
	case trt.HardSigmoid:
		g.to(out, "HardSigmoid", in, floating("alpha", op.Alpha), floating("beta", op.Beta))
	case trt.ScaledTanh:
		g.to(out, "Mul", []string{alpha(), g.node("Tanh", []string{g.node("Mul", []string{beta(), x})})})
	case trt.Thresholded:
		g.to(out, "ThresholdedRelu", in, floating("alpha", op.Alpha))
	case trt.GELUErf:
		g.to(out, "Gelu", in)
	case trt.GELUTanh:
		g.to(out, "Gelu", in, word("approximate", "tanh"))
	default:
		g.unsupported("activation %s", op.Type)
	}
}

func (g *graph) unary(op trt.Unary, out string, in []string) {
	name := map[trt.UnaryOperation]string{
		trt.Exp: "Exp", trt.Log: "Log", trt.Sqrt: "Sqrt", trt.Recip: "Reciprocal", trt.Abs: "Abs", trt.Neg: "Neg",
		trt.Sin: "Sin", trt.Cos: "Cos", trt.Tan: "Tan", trt.Sinh: "Sinh", trt.Cosh: "Cosh", trt.Asin: "Asin", trt.Acos: "Acos",
		trt.Atan: "Atan", trt.Asinh: "Asinh", trt.Acosh: "Acosh", trt.Atanh: "Atanh", trt.Ceil: "Ceil", trt.Floor: "Floor",
		trt.Erf: "Erf", trt.Not: "Not", trt.Sign: "Sign", trt.Round: "Round", trt.IsInf: "IsInf", trt.IsNaN: "IsNaN",
	}[op.Operation]
	if name == "" {
		g.unsupported("unary %s", op.Operation)
	}
	g.to(out, name, in)
}

func (g *graph) elementWise(op trt.ElementWise, out string, in []string, t dtype.Type) {
	name := map[trt.ElementWiseOperation]string{
		trt.Sum: "Add", trt.Prod: "Mul", trt.Max: "Max", trt.Min: "Min", trt.Sub: "Sub", trt.Div: "Div", trt.Pow: "Pow",
		trt.And: "And", trt.Or: "Or", trt.Xor: "Xor", trt.Equal: "Equal", trt.Greater: "Greater", trt.Less: "Less",
	}[op.Operation]
	switch {
	case op.Operation == trt.FloorDiv && t.IsFloat():
		g.to(out, "Floor", []string{g.node("Div", in)})
	case op.Operation == trt.FloorDiv: // Div cuts, but of what Mod leaves there is nothing to cut
		g.to(out, "Div", []string{g.node("Sub", []string{in[0], g.node("Mod", in)}), in[1]})
	case name == "":
		g.unsupported("element-wise %s of %s", op.Operation, t)
	default:
		g.to(out, name, in)
	}
}

func (g *graph) batchNorm(op trt.BatchNorm, out, x string, channels int64) {
	in := []string{x}
	for i, o := range op.Weights() {
		if o.Weights != nil {
			in = append(in, g.weights(o.Weights, trt.Dims{channels}))
			continue
		}
		v := make([]float32, channels) // no shift
		for c := range v {
			if i == 0 { // no scale
				v[c] = 1
			}
		}
		in = append(in, g.floats(v...))
	}
	g.to(out, "BatchNormalization", in, floating("epsilon", float32(op.Eps)))
}

func pads(pre, post trt.Dims) attribute { return numbers("pads", slices.Concat(pre, post)) }

// window adds a convolution; kernel and bias are weights, or tensors among its
// inputs.
func (g *graph) window(out, name string, in []string, kernel *trt.Weights, dims trt.Dims, bias *trt.Weights, shape, stride, pre, post, dilation trt.Dims, groups int64) {
	in = slices.Clone(in)
	if kernel != nil {
		in = slices.Insert(in, 1, g.weights(kernel, dims))
	}
	if bias != nil {
		in = append(in, g.weights(bias, trt.Dims{bias.Count()}))
	}
	g.to(out, name, in, numbers("kernel_shape", shape), numbers("strides", stride), pads(pre, post), numbers("dilations", dilation), number("group", groups))
}

func (g *graph) pooling(op trt.Pooling, out, x string, t dtype.Type) {
	if op.Type == trt.BlendPool {
		blended := func(pool trt.PoolingType, share float32) string {
			part, y := op, g.name()
			part.Type = pool
			g.pooling(part, y, x, t)
			return g.node("Mul", []string{g.wide(y), g.wide(g.scalar(dtype.Float32, share))})
		}
		g.narrow(out, g.node("Add", []string{blended(trt.MaxPool, 1-op.Blend), blended(trt.AveragePool, op.Blend)}), t)
		return
	}
	attributes := []attribute{numbers("kernel_shape", op.Window), numbers("strides", op.Stride), pads(op.PrePadding, op.PostPadding), flag("ceil_mode", op.RoundUp)}
	if op.Type == trt.MaxPool {
		g.to(out, "MaxPool", []string{x}, attributes...)
		return
	}
	g.to(out, "AveragePool", []string{x}, append(attributes, flag("count_include_pad", op.CountIncludesPadding))...)
}

func (g *graph) gather(op trt.Gather, out string, in []string, tensors []*trt.Tensor) {
	switch {
	case op.Mode == trt.GatherElement:
		g.to(out, "GatherElements", in, number("axis", op.Axis))
	case op.Mode == trt.GatherND:
		g.to(out, "GatherND", []string{in[0], g.long(in[1])}, number("batch_dims", op.BatchDims))
	case op.BatchDims > 0:
		g.gatherInBatches(op, out, in, tensors[0].Dims, tensors[1].Dims)
	default:
		g.to(out, "Gather", in, number("axis", op.Axis))
	}
}

// matrixMultiply makes vectors matrices of one row or column, and undoes that.
func (g *graph) matrixMultiply(op trt.MatrixMultiply, out string, in []string, tensors []*trt.Tensor) {
	var drop []int64
	operand := func(i int, op trt.MatrixOperation, axis int64) string {
		switch op {
		case trt.MatrixVector:
			drop = append(drop, axis)
			return g.node("Unsqueeze", []string{in[i], g.longs(axis)})
		case trt.MatrixTranspose:
			perm := make([]int, len(tensors[i].Dims))
			for a := range perm {
				perm[a] = a
			}
			n := len(perm)
			perm[n-1], perm[n-2] = n-2, n-1
			return g.node("Transpose", in[i:i+1], numbers("perm", perm))
		}
		return in[i]
	}
	operands := []string{operand(0, op.OpA, -2), operand(1, op.OpB, -1)}
	if drop == nil {
		g.to(out, "MatMul", operands)
		return
	}
	g.to(out, "Squeeze", []string{g.node("MatMul", operands), g.longs(drop...)})
}

func (g *graph) padding(op trt.Padding, out, x string, rank int) {
	v := make([]int64, 2*rank)
	copy(v[rank-2:], op.PrePadding)
	copy(v[2*rank-2:], op.PostPadding)
	g.to(out, "Pad", []string{x, g.longs(v...)})
}

func (g *graph) resize(op trt.Resize, out string, inputs []string) {
	if op.Single == trt.SingleUpper {
		g.unsupported("Resize takes one pixel by its coordinates")
	}
	in := []string{inputs[0], "", ""}
	switch {
	case len(inputs) > 1:
		in = append(in, g.long(inputs[1]))
	case op.Scales != nil:
		in[2] = g.floats(op.Scales...)
	default:
		in = append(in, g.longs(op.Size...))
	}
	rounding := map[trt.ResizeRounding]string{trt.RoundFloor: "floor", trt.RoundCeil: "ceil", trt.RoundHalfUp: "round_prefer_ceil", trt.RoundHalfDown: "round_prefer_floor"}[op.Rounding]
	g.to(out, "Resize", in, word("mode", string(op.Mode)), word("coordinate_transformation_mode", string(op.Coordinates)),
		word("nearest_mode", rounding), floating("cubic_coeff_a", op.Coefficient()), flag("exclude_outside", op.ExcludeOutside))
}

func (g *graph) scale(op trt.Scale, out, x string, d trt.Dims) {
	dims := op.Extents(d)
	if op.Mode == trt.ScaleChannel {
		for range d[op.ChannelAxis+1:] {
			dims = append(dims.Clone(), 1)
		}
	}
	for i, name := range []string{"Mul", "Add", "Pow"} {
		if w := op.Weights()[i].Weights; w != nil {
			x = g.node(name, []string{x, g.weights(w, dims)})
		}
	}
	g.to(out, "Identity", []string{x})
}

func (g *graph) shuffle(op trt.Shuffle, out string, in []string, d trt.Dims) {
	x := in[0]
	if op.FirstTranspose != nil {
		x = g.node("Transpose", []string{x}, numbers("perm", op.FirstTranspose))
	}
	if len(in) > 1 {
		x = g.node("Reshape", []string{x, g.long(in[1])})
	} else {
		reshaped := d.Clone()
		for i, p := range op.SecondTranspose {
			reshaped[p] = d[i]
		}
		x = g.node("Reshape", []string{x, g.longs(reshaped...)}, flag("allowzero", true))
	}
	if op.SecondTranspose != nil {
		x = g.node("Transpose", []string{x}, numbers("perm", op.SecondTranspose))
	}
	g.to(out, "Identity", []string{x})
}
