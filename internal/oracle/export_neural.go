package oracle

import (
	"math"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func (g *graph) einsum(op trt.Einsum, out string, in []string) {
	terms, result, explicit := strings.Cut(strings.ReplaceAll(op.Equation, " ", ""), "->")
	if explicit && strings.Contains(terms, "...") && !strings.Contains(result, "...") {
		g.unsupported("Einsum does not sum over an ellipsis")
	}
	g.to(out, "Einsum", in, word("equation", op.Equation))
}

func (g *graph) lrn(op trt.LRN, out string, in []string) {
	if op.Alpha <= 0 {
		g.unsupported("LRN has a positive alpha")
	}
	g.to(out, "LRN", in, number("size", op.Window), floating("alpha", op.Alpha), floating("beta", op.Beta), floating("bias", op.K))
}

func (g *graph) gridSample(op trt.GridSample, out string, in []string) {
	padding := string(op.Padding)
	if op.Padding == trt.GridReflect {
		padding = "reflection"
	}
	g.to(out, "GridSample", in, word("mode", string(op.Mode)), word("padding_mode", padding), flag("align_corners", op.AlignCorners))
}

// wide returns a tensor in float64: layers written out in several nodes are
// computed in that, as they round once.
func (g *graph) wide(x string) string {
	const double = 11
	return g.node("Cast", []string{x}, number("to", double))
}

func (g *graph) narrow(out, x string, t dtype.Type) {
	g.to(out, "Cast", []string{x}, number("to", elementTypes[t]))
}

// normalization is written out: ONNX has an operator for each kind of it, and
// scales groups as TensorRT's V1 did.
func (g *graph) normalization(op trt.Normalization, out string, in []string, x *trt.Tensor) {
	axes, d, y := op.Axes, x.Dims, g.wide(in[0])
	if op.Groups > 1 {
		y = g.node("Reshape", []string{y, g.longs(d[0], op.Groups, d[1]/op.Groups*d[2:].Count())})
		axes = []int{2}
	}
	mean := func(x string) string {
		return g.node("ReduceMean", []string{x, g.axes(axes)}, flag("keepdims", true))
	}
	off := g.node("Sub", []string{y, mean(y)})
	variance := mean(g.node("Mul", []string{off, off}))
	deviation := g.node("Sqrt", []string{g.node("Add", []string{variance, g.wide(g.scalar(dtype.Float32, op.Epsilon))})})
	y = g.node("Div", []string{off, deviation})
	if op.Groups > 1 {
		y = g.node("Reshape", []string{y, g.longs(d...)})
	}
	y = g.node("Mul", []string{y, g.wide(in[1])})
	g.narrow(out, g.node("Add", []string{y, g.wide(in[2])}), x.Type)
}

// attention is written out: ONNX has it from a later opset on.
func (g *graph) attention(op trt.Attention, out string, in []string, tensors []*trt.Tensor) {
	q, k := tensors[0].Dims, tensors[1].Dims
	spread := func(x string) string { // one head for each of the query
		x = g.node("Reshape", []string{g.wide(x), g.longs(k[0], k[1], 1, k[2], k[3])})
		x = g.node("Expand", []string{x, g.longs(k[0], k[1], q[1]/k[1], k[2], k[3])})
		return g.node("Reshape", []string{x, g.longs(k[0], q[1], k[2], k[3])})
	}
	keys := g.node("Transpose", []string{spread(in[1])}, numbers("perm", []int{0, 1, 3, 2}))
	scores := g.node("MatMul", []string{g.wide(in[0]), keys})
	hidden := float32(0)
	if op.Normalization == trt.AttentionSoftmax {
		hidden = float32(math.Inf(-1))
	}
	see := func(mask string) string {
		return g.node("Where", []string{mask, scores, g.wide(g.scalar(dtype.Float32, hidden))})
	}
	switch {
	case op.Causal != trt.CausalNone:
		ahead := int64(0)
		if op.Causal == trt.CausalLowerRight {
			ahead = k[2] - q[2]
		}
		seen := make([]byte, q[2]*k[2])
		for i := range seen {
			if row, column := int64(i)/k[2], int64(i)%k[2]; column <= row+ahead {
				seen[i] = 1
			}
		}
		scores = see(g.constant(dtype.Bool, trt.Dims{q[2], k[2]}, seen))
	case len(in) == 4 && tensors[3].Type == dtype.Bool:
		scores = see(in[3])
	case len(in) == 4:
		scores = g.node("Add", []string{scores, g.wide(in[3])})
	}
	if op.Normalization == trt.AttentionSoftmax {
		scores = g.node("Softmax", []string{scores}, number("axis", 3))
	}
	g.narrow(out, g.node("MatMul", []string{scores, spread(in[2])}), tensors[0].Type)
}

func (g *graph) rotary(op trt.RotaryEmbedding, out string, in []string, tensors []*trt.Tensor) {
	switch cos, sin := tensors[1].Dims, tensors[2].Dims; {
	case !cos.Equal(sin):
		g.unsupported("RotaryEmbedding has tables of one length")
	case len(in) == 4 && cos[0] < tensors[0].Dims[2]:
		g.unsupported("RotaryEmbedding has no more elements in a sequence than positions")
	}
	g.since(23)
	in = slices.Clone(in)
	if len(in) == 4 {
		in[3] = g.long(in[3])
	}
	g.to(out, "RotaryEmbedding", in, flag("interleaved", op.Interleaved), number("rotary_embedding_dim", op.Dim))
}

// kvCacheUpdate leaves the entries of the batch that are not updated.
func (g *graph) kvCacheUpdate(out string, in []string, tensors []*trt.Tensor) {
	g.since(24)
	cache, update := tensors[0].Dims[0], tensors[1].Dims[0]
	scatter := func(x string) []string { return []string{x, in[1], g.long(in[2])} }
	if update == cache {
		g.to(out, "TensorScatter", scatter(in[0]))
		return
	}
	part := func(from, to int64) string {
		return g.node("Slice", []string{in[0], g.longs(from), g.longs(to), g.longs(0)})
	}
	changed := g.node("TensorScatter", scatter(part(0, update)))
	g.to(out, "Concat", []string{changed, part(update, cache)}, number("axis", 0))
}

// raggedSoftmax is a softmax of masked scores, in a row of which all may be.
func (g *graph) raggedSoftmax(out string, in []string, x *trt.Tensor) {
	places := make([]int64, x.Dims[2])
	for i := range places {
		places[i] = int64(i)
	}
	inside := g.node("Less", []string{g.longs(places...), g.long(in[1])})
	masked := func(y string, otherwise float32) string {
		return g.node("Where", []string{inside, y, g.wide(g.scalar(dtype.Float32, otherwise))})
	}
	scores := masked(g.wide(in[0]), float32(math.Inf(-1)))
	g.narrow(out, masked(g.node("Softmax", []string{scores}, number("axis", 2)), 0), x.Type)
}
