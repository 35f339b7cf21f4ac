package agree

import (
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// A drawer returns an op and inputs that mostly fit it.
type drawer func(g *gen) (trt.Op, []trt.Info)

// drawers are those of all kinds that TensorRT-RTX has.
var drawers = map[trt.Kind]drawer{
	trt.KindActivation: activation, trt.KindCast: cast, trt.KindConcatenation: concatenation, trt.KindConstant: constant,
	trt.KindConvolution: convolution, trt.KindDeconvolution: deconvolution, trt.KindElementWise: elementWise,
	trt.KindGather: gather, trt.KindIdentity: identity, trt.KindIf: conditional, trt.KindMatrixMultiply: matrixMultiply, trt.KindPadding: padding,
	trt.KindDequantize: dequantize, trt.KindQuantize: quantize,
	trt.KindPooling: pooling, trt.KindReduce: reduce, trt.KindResize: resize, trt.KindScale: scale, trt.KindShuffle: shuffle, trt.KindShape: shape, trt.KindFill: fill,
	trt.KindSlice: slice, trt.KindSoftmax: softmax, trt.KindSqueeze: squeeze, trt.KindUnary: unary, trt.KindUnsqueeze: unsqueeze,
	trt.KindNormalization: normalization, trt.KindParametricReLU: parametricReLU, trt.KindEinsum: einsum, trt.KindGridSample: gridSample,
	trt.KindLRN: lrn, trt.KindAttention: attention, trt.KindRotaryEmbedding: rotaryEmbedding, trt.KindKVCacheUpdate: kvCacheUpdate, trt.KindMoE: moe,
	trt.KindSelect: choose, trt.KindTopK: topK, trt.KindScatter: scatter, trt.KindOneHot: oneHot, trt.KindCumulative: cumulative,
	trt.KindReverseSequence: reverseSequence, trt.KindRaggedSoftmax: raggedSoftmax, trt.KindNonZero: nonZero, trt.KindNMS: nms,
	trt.KindDynamicQuantize: dynamicQuantize, trt.KindLoop: loop, trt.KindAssertion: assertion,
}

func one(t dtype.Type, d trt.Dims) []trt.Info { return []trt.Info{{Type: t, Dims: d}} }

// choice draws among the spellings that the cases know.
func choice[T ~string](g *gen) T { return T(pick(g, spellingsOf[T]()...)) }

func activation(g *gen) (trt.Op, []trt.Info) {
	op := trt.Activation{Type: choice[trt.ActivationType](g), Alpha: pick[float32](g, 0, 0.5, 1, -1), Beta: pick[float32](g, 0, 1.5, 1)}
	return op, one(pick(g, floats...), g.dims(g.rank(0, 8)))
}

func unary(g *gen) (trt.Op, []trt.Info) {
	op := trt.Unary{Operation: choice[trt.UnaryOperation](g)}
	t := pick(g, floats...)
	switch op.Operation {
	case trt.Not:
		t = dtype.Bool
	case trt.Abs, trt.Neg, trt.Sign:
		t = pick(g, numbers...)
	}
	return op, one(t, g.dims(g.rank(0, 8)))
}

func cast(g *gen) (trt.Op, []trt.Info) {
	return trt.Cast{To: pick(g, allTypes...)}, one(pick(g, allTypes...), g.dims(g.rank(0, 8)))
}

func identity(g *gen) (trt.Op, []trt.Info) {
	return trt.Identity{}, one(pick(g, anyType...), g.dims(g.rank(0, 8)))
}

func constant(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(0, 5))
	if len(d) > 0 && g.chance(10) {
		d[g.axis(len(d))] = 0
	}
	return trt.Constant{Value: weights(pick(g, plain...), d...)}, nil
}

func elementWise(g *gen) (trt.Op, []trt.Info) {
	op := trt.ElementWise{Operation: choice[trt.ElementWiseOperation](g)}
	t := pick(g, numbers...)
	switch op.Operation {
	case trt.And, trt.Or, trt.Xor:
		t = dtype.Bool
	case trt.Equal:
		t = pick(g, append(plain, dtype.UInt8)...)
	}
	a, b := g.stretched(g.dims(g.rank(0, 8)))
	return op, []trt.Info{{Type: t, Dims: a}, {Type: t, Dims: b}}
}

func matrixMultiply(g *gen) (trt.Op, []trt.Info) {
	op := trt.MatrixMultiply{OpA: choice[trt.MatrixOperation](g), OpB: choice[trt.MatrixOperation](g)}
	m, k, n := g.extent(), g.extent(), g.extent()
	a, b := g.stretched(g.dims(g.rank(0, 6)))
	switch op.OpA {
	case trt.MatrixNone:
		a = append(a, m, k)
	case trt.MatrixTranspose:
		a = append(a, k, m)
	default:
		a = append(a, k)
	}
	switch op.OpB {
	case trt.MatrixNone:
		b = append(b, k, n)
	case trt.MatrixTranspose:
		b = append(b, n, k)
	default:
		b = append(b, k)
	}
	t := pick(g, floats...)
	return op, []trt.Info{{Type: t, Dims: a}, {Type: t, Dims: b}}
}

func softmax(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(2, 8)
	return trt.Softmax{Axis: g.axis(rank)}, one(pick(g, floats...), g.dims(rank))
}

func reduce(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(1, 8)
	op := trt.Reduce{Operation: choice[trt.ReduceOperation](g), Axes: g.axes(rank), KeepDims: g.coin()}
	return op, one(pick(g, numbers...), g.dims(rank))
}

func scale(g *gen) (trt.Op, []trt.Info) {
	x := trt.Info{Type: pick(g, floats...), Dims: g.dims(g.rank(0, 6))}
	op := trt.Scale{Mode: choice[trt.ScaleMode](g)}
	if len(x.Dims) == 0 && op.Mode == trt.ScaleChannel {
		op.Mode = trt.ScaleUniform
	}
	if op.Mode != trt.ScaleUniform {
		op.ChannelAxis = g.axis(len(x.Dims))
	}
	n := op.Extents(x.Dims).Count()
	for _, w := range []**trt.Weights{&op.Scale, &op.Shift, &op.Power} {
		if g.chance(60) {
			*w = weights(x.Type, n)
		}
	}
	return op, []trt.Info{x}
}

func concatenation(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(1, 8)
	op := trt.Concatenation{Axis: g.axis(rank)}
	d, t := g.dims(rank), pick(g, plain...)
	in := make([]trt.Info, g.between(1, 4))
	for i := range in {
		in[i] = trt.Info{Type: t, Dims: d.Clone()}
		in[i].Dims[op.Axis] = g.extent()
	}
	return op, in
}

func shuffle(g *gen) (trt.Op, []trt.Info) {
	x := trt.Info{Type: pick(g, plain...), Dims: g.dims(g.rank(0, 8))}
	op, d := trt.Shuffle{}, x.Dims
	if g.coin() {
		op.FirstTranspose = g.Perm(len(d))
		d = make(trt.Dims, len(x.Dims))
		for i, axis := range op.FirstTranspose {
			d[i] = x.Dims[axis]
		}
	}
	in := []trt.Info{x}
	rank := len(d)
	if g.chance(80) {
		op.Reshape = g.reshape(d)
		rank = len(op.Reshape)
		if g.chance(30) {
			in = append(in, g.constant(op.Reshape))
			op.Reshape = nil
		}
	}
	if g.chance(30) {
		op.SecondTranspose = g.Perm(rank)
	}
	return op, in
}

// reshape merges and splits neighbours, copies with 0, infers with -1.
func (g *gen) reshape(d trt.Dims) trt.Dims {
	out := trt.Dims{}
	for _, e := range d {
		switch {
		case len(out) > 0 && g.chance(30):
			out[len(out)-1] *= e
		case e%2 == 0 && len(out) < trt.MaxDims-1 && g.chance(30):
			out = append(out, 2, e/2)
		case len(out) < trt.MaxDims:
			out = append(out, e)
		}
	}
	for i := range out {
		if i < len(d) && out[i] == d[i] && g.chance(30) {
			out[i] = 0
		}
	}
	if len(out) > 0 && g.chance(40) {
		out[g.IntN(len(out))] = trt.Dynamic
	}
	return out
}

func slice(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(1, 8)
	x := trt.Info{Type: pick(g, plain...), Dims: g.dims(rank)}
	op := trt.Slice{Axes: g.axes(rank), Start: trt.Dims{}, Size: trt.Dims{}, Stride: trt.Dims{}}
	if len(op.Axes) == 0 {
		op.Axes = []int{g.axis(rank)}
	}
	for _, axis := range op.Axes {
		e := x.Dims[axis]
		stride := pick[int64](g, 1, 1, 2, 3)
		size := 1 + g.Int64N((e-1)/stride+1)
		start := g.Int64N(e - (size-1)*stride)
		if g.chance(20) {
			start, stride = start+(size-1)*stride, -stride
		}
		op.Start, op.Size, op.Stride = append(op.Start, start), append(op.Size, size), append(op.Stride, stride)
	}
	if g.chance(40) {
		op.Mode = choice[trt.SliceMode](g)
		i := g.IntN(len(op.Axes))
		op.Start[i], op.Size[i] = op.Start[i]-g.Int64N(3), op.Size[i]+g.Int64N(3)
	}
	in := []trt.Info{x}
	give := func(what trt.SliceInput, list *trt.Dims) {
		if g.chance(25) {
			op.Inputs, in = append(op.Inputs, what), append(in, g.constant(*list))
			*list = nil
		}
	}
	if g.coin() {
		give(trt.SliceStart, &op.Start)
		give(trt.SliceSize, &op.Size)
		give(trt.SliceStride, &op.Stride)
	}
	if op.Mode == trt.SliceFill && g.coin() {
		op.Inputs, in = append(op.Inputs, trt.SliceValue), append(in, trt.Info{Type: x.Type, Dims: trt.Dims{}})
	}
	return op, in
}

// constant is a list of integers.
func (g *gen) constant(d trt.Dims) trt.Info {
	x := trt.Info{Type: pick(g, dtype.Int32, dtype.Int64), Dims: trt.Dims{int64(len(d))}, Values: []trt.Element{}}
	for _, e := range d {
		x.Values = append(x.Values, trt.Element{Known: true, Int: e})
	}
	return x
}

func shape(g *gen) (trt.Op, []trt.Info) {
	return trt.Shape{}, one(pick(g, allTypes...), g.dims(g.rank(0, 8)))
}

func fill(g *gen) (trt.Op, []trt.Info) {
	op := trt.Fill{Operation: choice[trt.FillOperation](g), Type: pick(g, dtype.Float32, dtype.Float16), Dims: g.dims(g.rank(1, 4)), Alpha: float64(g.IntN(3)), Beta: float64(2 + g.IntN(3))}
	if op.Operation == trt.FillLinspace {
		op.Type = pick(g, dtype.Float32, dtype.Int32, dtype.Int64)
		op.Dims = op.Dims[:1]
	}
	var in []trt.Info
	if g.chance(30) {
		in = append(in, g.constant(op.Dims))
		op.Dims = nil
	}
	if g.chance(30) {
		beta := trt.Dims{}
		if op.Operation == trt.FillLinspace {
			beta = trt.Dims{1}
		}
		op.Alpha, op.Beta = 0, 0
		in = append(in, trt.Info{Type: op.Type, Dims: trt.Dims{}}, trt.Info{Type: op.Type, Dims: beta})
	}
	return op, in
}

func squeeze(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(1, 8)
	d, axes := g.dims(rank), g.axes(rank)
	for _, axis := range axes {
		d[axis] = 1
	}
	return trt.Squeeze{Axes: axes}, one(pick(g, plain...), d)
}

func unsqueeze(g *gen) (trt.Op, []trt.Info) {
	d := g.dims(g.rank(0, 8))
	axes := g.axes(len(d) + 2)
	return trt.Unsqueeze{Axes: axes}, one(pick(g, plain...), d)
}

func gather(g *gen) (trt.Op, []trt.Info) {
	op := trt.Gather{Mode: choice[trt.GatherMode](g)}
	data := g.dims(g.rank(1, 8))
	axis := g.axis(len(data))
	indices := g.dims(g.rank(0, 4))
	switch op.Mode {
	case trt.GatherDefault:
		op.Axis = axis
		if axis > 0 && len(indices) > 0 && g.chance(30) {
			op.BatchDims, indices[0] = 1, data[0]
		}
	case trt.GatherElement:
		op.Axis = axis
		indices = data.Clone()
		indices[axis] = g.extent()
	case trt.GatherND:
		op.BatchDims = g.IntN(len(data))
		if g.chance(60) {
			op.BatchDims = 0
		}
		tuple := int64(g.between(1, len(data)-op.BatchDims))
		indices = append(append(data[:op.BatchDims].Clone(), g.dims(g.IntN(2))...), tuple)
	}
	return op, []trt.Info{{Type: pick(g, plain...), Dims: data}, {Type: pick(g, dtype.Int32, dtype.Int64), Dims: indices}}
}

func resize(g *gen) (trt.Op, []trt.Info) {
	rank := g.rank(1, 6)
	x := trt.Info{Type: pick(g, floats...), Dims: g.dims(rank)}
	op := trt.Resize{Mode: choice[trt.ResizeMode](g), Coordinates: choice[trt.ResizeCoordinates](g), Rounding: choice[trt.ResizeRounding](g)}
	axes := g.between(1, 4)
	if op.Mode == trt.ResizeCubic && g.chance(90) {
		axes = min(axes, 2) // TensorRT needs seconds for four
	}
	from := max(0, rank-axes)
	if g.coin() {
		op.CubicCoefficient = new(pick[float32](g, 0, -0.5, -1, 0.5))
	}
	if g.coin() {
		op.Size = x.Dims.Clone()
		for i := from; i < rank; i++ {
			op.Size[i] = g.extent()
		}
		if g.chance(30) {
			size := g.constant(op.Size)
			op.Size = nil
			return op, []trt.Info{x, size}
		}
		return op, []trt.Info{x}
	}
	op.Scales = make([]float32, rank)
	for i := range op.Scales {
		op.Scales[i] = 1
		if i >= from {
			op.Scales[i] = pick[float32](g, 0.5, 1, 1.3, 1.5, 2, 3)
		}
	}
	return op, []trt.Info{x}
}
