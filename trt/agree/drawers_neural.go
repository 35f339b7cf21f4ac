package agree

import (
	"strings"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func all(t dtype.Type, dims ...trt.Dims) []trt.Info {
	in := make([]trt.Info, len(dims))
	for i, d := range dims {
		in[i] = trt.Info{Type: t, Dims: d}
	}
	return in
}

// folded returns d with some extents made 1.
func (g *gen) folded(d trt.Dims) trt.Dims {
	_, b := g.stretched(d)
	return b
}

func normalization(g *gen) (trt.Op, []trt.Info) {
	op := trt.Normalization{Epsilon: pick[float32](g, 1e-5, 0, 0.5), Groups: 1}
	if g.coin() {
		x := g.dims(g.rank(1, 6))
		for len(op.Axes) == 0 {
			op.Axes = g.axes(len(x))
		}
		return op, all(pick(g, floats...), x, g.folded(x), g.folded(x))
	}
	op.Groups = pick[int64](g, 1, 2, 3)
	x := g.dims(g.rank(3, 5))
	x[1] = op.Groups * pick[int64](g, 1, 2, 3)
	channel := trt.Dims{1, x[1]}
	for axis := 2; axis < len(x); axis++ {
		op.Axes = append(op.Axes, axis)
		channel = append(channel, 1)
	}
	return op, all(pick(g, floats...), x, channel, channel)
}

func parametricReLU(g *gen) (trt.Op, []trt.Info) {
	x := g.dims(g.rank(0, 8))
	return trt.ParametricReLU{}, all(pick(g, floats...), x, g.folded(x))
}

// einsum draws terms over a few letters, each of one extent.
func einsum(g *gen) (trt.Op, []trt.Info) {
	const letters = "abcde"
	extents := g.dims(len(letters))
	ellipsis := trt.Dims(nil)
	if g.chance(30) {
		ellipsis = g.dims(g.rank(0, 2))
	}
	var terms []string
	var in []trt.Dims
	for range g.between(1, 3) {
		var d trt.Dims
		term := ""
		for range g.IntN(4) {
			i := g.IntN(len(letters))
			term += letters[i : i+1]
			d = append(d, extents[i])
		}
		if ellipsis != nil && g.coin() {
			term += "..."
			d = append(d, ellipsis...)
		}
		terms, in = append(terms, term), append(in, append(trt.Dims{}, d...))
	}
	equation := strings.Join(terms, ",")
	if g.chance(70) {
		out := ""
		for _, l := range letters {
			if strings.ContainsRune(equation, l) && g.chance(60) {
				out = pick(g, out+string(l), string(l)+out)
			}
		}
		if strings.Contains(equation, "...") && g.chance(80) {
			out = pick(g, out+"...", "..."+out)
		}
		equation += "->" + out
	}
	return trt.Einsum{Equation: equation}, all(pick(g, floats...), in...)
}

func gridSample(g *gen) (trt.Op, []trt.Info) {
	op := trt.GridSample{Mode: choice[trt.ResizeMode](g), Padding: choice[trt.GridPadding](g), AlignCorners: g.coin()}
	x := g.dims(pick(g, 4, 4, 5))
	grid := g.dims(len(x))
	grid[0], grid[len(x)-1] = x[0], int64(len(x)-2)
	return op, all(pick(g, floats...), x, grid)
}

func lrn(g *gen) (trt.Op, []trt.Info) {
	op := trt.LRN{Window: pick[int64](g, 1, 3, 5, 7, 15), Alpha: pick[float32](g, 1e-4, 1), Beta: pick[float32](g, 0.75, 1), K: pick[float32](g, 1, 2)}
	return op, one(pick(g, floats...), g.dims(4))
}

func attention(g *gen) (trt.Op, []trt.Info) {
	op := trt.Attention{Normalization: choice[trt.AttentionNormalization](g), Causal: choice[trt.AttentionCausal](g), Decomposable: g.chance(60)}
	heads, size := g.extent(), g.extent()
	if !op.Decomposable {
		size = 8 * int64(g.between(2, 32))
	}
	q := trt.Dims{g.extent(), heads * pick[int64](g, 1, 2, 3), g.extent(), size}
	k := trt.Dims{q[0], heads, g.extent(), size}
	in := all(pick(g, floats...), q, k, k)
	if g.coin() {
		op.Causal = trt.CausalNone
		mask := g.folded(trt.Dims{q[0], q[1], q[2], k[2]})
		in = append(in, trt.Info{Type: pick(g, dtype.Bool, in[0].Type), Dims: mask})
	}
	return op, in
}

func rotaryEmbedding(g *gen) (trt.Op, []trt.Info) {
	op := trt.RotaryEmbedding{Interleaved: g.coin()}
	half := g.extent()
	x := trt.Dims{g.extent(), g.extent(), g.extent(), 2 * half}
	if g.coin() {
		op.Dim, x[3] = 2*half, x[3]+g.extent()
	}
	t := pick(g, floats...)
	if g.coin() {
		table := trt.Dims{x[0], x[2], half}
		return op, all(t, x, table, table)
	}
	table := trt.Dims{g.extent(), half}
	return op, append(all(t, x, table, table), trt.Info{Type: pick(g, dtype.Int32, dtype.Int64), Dims: trt.Dims{x[0], x[2]}})
}

func kvCacheUpdate(g *gen) (trt.Op, []trt.Info) {
	update := g.dims(4)
	cache := update.Clone()
	cache[0] += pick[int64](g, 0, 0, 2)
	cache[2] += g.extent() - 1
	return trt.KVCacheUpdate{}, append(all(pick(g, floats...), cache, update), trt.Info{Type: dtype.Int32, Dims: update[:1].Clone()})
}

func moe(g *gen) (trt.Op, []trt.Info) {
	tokens, experts, size, inner := g.dims(2), g.extent(), 8*g.extent(), 8*g.extent()
	hidden, scores := append(tokens.Clone(), size), append(tokens.Clone(), 1+g.Int64N(experts))
	in := all(pick(g, floats...), hidden, scores, scores, trt.Dims{experts, size, inner}, trt.Dims{experts, size, inner}, trt.Dims{experts, inner, size})
	if g.coin() {
		in = append(in, all(in[0].Type, trt.Dims{experts, inner}, trt.Dims{experts, inner}, trt.Dims{experts, size})...)
	}
	in[1].Type = g.index()
	return trt.MoE{}, in
}
