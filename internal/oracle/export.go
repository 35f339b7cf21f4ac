package oracle

import (
	"cmp"
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
	y := l.Outputs[0]
	out := g.scope + y.Name
	switch l.Op.(type) {
	case trt.Convolution, trt.Deconvolution, trt.Resize, trt.Shuffle, trt.Slice:
		if len(in) > 1 {
			g.unsupported("parameters that are tensors")
			return
		}
	}
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
		g.window(out, "Conv", in[0], op.Weight, dims, op.Bias, op.Kernel, op.Stride, op.PrePadding, op.PostPadding, op.Dilation, op.Groups)
	case trt.Cumulative:
		g.cumulative(op, out, in[0])
	case trt.Deconvolution:
		dims := append(trt.Dims{l.Inputs[0].Dims[1], op.OutChannels / op.Groups}, op.Kernel...)
		g.window(out, "ConvTranspose", in[0], op.Weight, dims, op.Bias, op.Kernel, op.Stride, op.PrePadding, op.PostPadding, op.Dilation, op.Groups)
	case trt.Dequantize:
		g.dequantize(op, out, in, l.Inputs[1])
	case trt.Einsum:
		g.einsum(op, out, in)
	case trt.ElementWise:
		g.elementWise(op, out, in, l.Inputs[0].Type)
	case trt.Gather:
		g.gather(op, out, in)
	case trt.GridSample:
		g.gridSample(op, out, in)
	case trt.Identity:
		g.to(out, "Identity", in)
	case trt.If:
		g.conditional(op, l, in)
	case trt.LRN:
		g.lrn(op, out, in)
	case trt.MatrixMultiply:
		g.matrixMultiply(op, out, in, l.Inputs)
	case trt.Normalization:
		g.normalization(op, out, in, l.Inputs[0])
	case trt.OneHot:
		g.oneHot(op, out, in, len(l.Inputs[0].Dims))
	case trt.Padding:
		g.padding(op, out, in[0], len(y.Dims))
	case trt.ParametricReLU:
		g.to(out, "PRelu", in)
	case trt.Pooling:
		g.pooling(op, out, in[0])
	case trt.Quantize:
		g.quantize(op, out, in, l.Inputs[1], l.Inputs[0].Type)
	case trt.Reduce:
		name := map[trt.ReduceOperation]string{trt.ReduceSum: "ReduceSum", trt.ReduceProd: "ReduceProd", trt.ReduceMax: "ReduceMax", trt.ReduceMin: "ReduceMin", trt.ReduceMean: "ReduceMean"}[op.Operation]
		g.to(out, name, []string{in[0], g.axes(op.Axes)}, flag("keepdims", op.KeepDims))
	case trt.Resize:
		g.resize(op, out, in[0])
	case trt.ReverseSequence:
		g.reverseSequence(op, out, in)
	case trt.Scale:
		g.scale(op, out, in[0], l.Inputs[0].Dims)
	case trt.Scatter:
		g.scatter(op, out, in)
	case trt.Select:
		g.to(out, "Where", in)
	case trt.Shuffle:
		g.shuffle(op, out, in[0], y.Dims)
	case trt.Slice:
		g.slice(op, out, in[0])
	case trt.Softmax:
		g.to(out, "Softmax", in, number("axis", op.Axis))
	case trt.Squeeze:
		g.to(out, "Squeeze", []string{in[0], g.axes(op.Axes)})
	case trt.TopK:
		g.topK(op, []string{out, g.scope + l.Outputs[1].Name}, in[0])
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

func (g *graph) window(out, name, x string, kernel *trt.Weights, dims trt.Dims, bias *trt.Weights, shape, stride, pre, post, dilation trt.Dims, groups int64) {
	in := []string{x, g.weights(kernel, dims)}
	if bias != nil {
		in = append(in, g.weights(bias, trt.Dims{bias.Count()}))
	}
	g.to(out, name, in, numbers("kernel_shape", shape), numbers("strides", stride), pads(pre, post), numbers("dilations", dilation), number("group", groups))
}

func (g *graph) pooling(op trt.Pooling, out, x string) {
	if op.Type == trt.BlendPool {
		g.unsupported("there is no operator for a blend of poolings")
	}
	attributes := []attribute{numbers("kernel_shape", op.Window), numbers("strides", op.Stride), pads(op.PrePadding, op.PostPadding), flag("ceil_mode", op.RoundUp)}
	if op.Type == trt.MaxPool {
		g.to(out, "MaxPool", []string{x}, attributes...)
		return
	}
	g.to(out, "AveragePool", []string{x}, append(attributes, flag("count_include_pad", op.CountIncludesPadding))...)
}

func (g *graph) gather(op trt.Gather, out string, in []string) {
	switch {
	case op.Mode == trt.GatherElement:
		g.to(out, "GatherElements", in, number("axis", op.Axis))
	case op.Mode == trt.GatherND:
		g.to(out, "GatherND", in, number("batch_dims", op.BatchDims))
	case op.BatchDims > 0:
		g.unsupported("Gather has no batch dimensions")
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

func (g *graph) resize(op trt.Resize, out, x string) {
	if op.Single == trt.SingleUpper {
		g.unsupported("Resize takes one pixel by its coordinates")
	}
	in := []string{x, "", ""}
	if op.Scales != nil {
		in[2] = g.floats(op.Scales...)
	} else {
		in = append(in, g.longs(op.Size...))
	}
	rounding := map[trt.ResizeRounding]string{trt.RoundFloor: "floor", trt.RoundCeil: "ceil", trt.RoundHalfUp: "round_prefer_ceil", trt.RoundHalfDown: "round_prefer_floor"}[op.Rounding]
	g.to(out, "Resize", in, word("mode", string(op.Mode)), word("coordinate_transformation_mode", string(op.Coordinates)),
		word("nearest_mode", rounding), floating("cubic_coeff_a", cmp.Or(op.CubicCoefficient, -0.75)), flag("exclude_outside", op.ExcludeOutside))
}

func (g *graph) scale(op trt.Scale, out, x string, d trt.Dims) {
	dims := trt.Dims{}
	if op.Mode == trt.ScaleChannel {
		dims = make(trt.Dims, len(d)-1)
		for i := range dims {
			dims[i] = 1
		}
		dims[0] = d[1]
	}
	for i, name := range []string{"Mul", "Add", "Pow"} {
		if w := op.Weights()[i].Weights; w != nil {
			x = g.node(name, []string{x, g.weights(w, dims)})
		}
	}
	g.to(out, "Identity", []string{x})
}

func (g *graph) shuffle(op trt.Shuffle, out, x string, d trt.Dims) {
	if op.FirstTranspose != nil {
		x = g.node("Transpose", []string{x}, numbers("perm", op.FirstTranspose))
	}
	reshaped := d.Clone()
	for i, p := range op.SecondTranspose {
		reshaped[p] = d[i]
	}
	x = g.node("Reshape", []string{x, g.longs(reshaped...)}, flag("allowzero", true))
	if op.SecondTranspose != nil {
		x = g.node("Transpose", []string{x}, numbers("perm", op.SecondTranspose))
	}
	g.to(out, "Identity", []string{x})
}

func (g *graph) slice(op trt.Slice, out, x string) {
	if op.Mode != trt.SliceStrict || slices.Contains(op.Stride, 0) {
		g.unsupported("Slice stays within its input and moves on")
	}
	ends := op.Start.Clone()
	for i := range ends {
		if ends[i] += op.Size[i] * op.Stride[i]; ends[i] < 0 {
			ends[i] = -1 << 40 // before the first, which -1 is not
		}
	}
	g.to(out, "Slice", []string{x, g.longs(op.Start...), g.longs(ends...), g.axes(op.Axes), g.longs(op.Stride...)})
}

// factor returns the scale of a quantization as ONNX wants it: a scalar, or an
// entry of an axis, of the plain tensor's type.
func (g *graph) factor(name string, scale *trt.Tensor, plain dtype.Type, block trt.Dims) string {
	switch {
	case scale.Type != plain:
		g.unsupported("a scale of %s for %s", scale.Type, plain)
	case block != nil || len(scale.Dims) > 1 && scale.Dims.Count() > 1:
		g.unsupported("quantization by blocks")
	case scale.Dims.Count() == 1:
		return g.node("Reshape", []string{name, g.longs()})
	}
	return name
}

func (g *graph) quantize(op trt.Quantize, out string, in []string, scale *trt.Tensor, plain dtype.Type) {
	if op.To != dtype.Int8 {
		g.unsupported("quantization to %s", op.To)
	}
	d := scale.Dims
	if d.Count() == 1 {
		d = trt.Dims{}
	}
	zeros := g.constant(dtype.Int8, d, make([]byte, d.Count()))
	g.to(out, "QuantizeLinear", []string{in[0], g.factor(in[1], scale, plain, op.BlockShape), zeros}, number("axis", op.Axis))
}

func (g *graph) dequantize(op trt.Dequantize, out string, in []string, scale *trt.Tensor) {
	g.to(out, "DequantizeLinear", []string{in[0], g.factor(in[1], scale, op.To, op.BlockShape)}, number("axis", op.Axis))
}

// conditional writes the bodies as graphs that read the tensors around them.
func (g *graph) conditional(op trt.If, l *trt.Layer, in []string) {
	var attributes []attribute
	outside := in[1:]
	for _, body := range trt.Bodies(op) {
		b := &graph{ctx: g.ctx, scope: g.scope + l.Name + "/" + body.Role + "/"}
		b.layer = b.scope
		b.body.text(2, body.Role)
		for i, x := range body.Network.Inputs() {
			b.to(b.scope+x.Name, "Identity", outside[i:i+1])
		}
		outside = outside[len(body.Network.Inputs()):]
		b.layers(body.Network)
		for _, y := range body.Network.Outputs() {
			// An output of a body is no tensor from around it.
			name := b.node("Identity", []string{b.scope + y.Name})
			b.body.bytes(12, valueInfo(name, y.Type, y.Dims))
		}
		if b.err != nil && g.err == nil {
			g.err = b.err
		}
		m := newAttribute(body.Role+"_branch", 5)
		m.bytes(6, b.body)
		attributes = append(attributes, attribute(m))
	}
	var outputs []string
	for _, y := range l.Outputs {
		outputs = append(outputs, g.scope+y.Name)
	}
	g.add("If", in[:1], outputs, attributes...)
}
