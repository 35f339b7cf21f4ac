package agree

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Config is one layer to ask about.
type Config struct {
	backendtest.Case
	Spoilt []string // what was changed after it had been drawn to fit
}

// String describes the configuration for a report.
func (c Config) String() string {
	var b strings.Builder
	params, err := json.Marshal(c.Op)
	if err != nil {
		params = fmt.Appendf(nil, "%+v", c.Op)
	}
	fmt.Fprintf(&b, "%s: %s %s", c.Name, c.Op.Kind(), params)
	for _, o := range c.Op.Weights() {
		if o.Weights != nil {
			fmt.Fprintf(&b, " %s=%s%v", o.Name, o.Weights.Type, o.Weights.Dims)
		}
	}
	for i, x := range c.Inputs {
		fmt.Fprintf(&b, " %s=%s%v", c.InputName(i), x.Type, x.Dims)
		if x.Values != nil {
			fmt.Fprintf(&b, "%v", x.Values)
		}
		for _, op := range c.Before[i] {
			fmt.Fprintf(&b, ">%s", op.Kind())
		}
		if i < len(c.Ranges) && !x.Dims.IsStatic() {
			fmt.Fprintf(&b, "(%v %v %v)", c.Ranges[i].Min, c.Ranges[i].Opt, c.Ranges[i].Max)
		}
	}
	if len(c.Spoilt) > 0 {
		fmt.Fprintf(&b, " (spoilt: %s)", strings.Join(c.Spoilt, ", "))
	}
	return b.String()
}

// table holds the cases of the conformance suite by kind.
var table = sync.OnceValue(func() map[trt.Kind][]backendtest.Case {
	all := map[trt.Kind][]backendtest.Case{}
	for _, c := range backendtest.Cases() {
		all[c.Op.Kind()] = append(all[c.Op.Kind()], c)
	}
	return all
})

// Kinds returns the kinds that take turns.
func Kinds() []trt.Kind { return slices.Sorted(maps.Keys(drawers)) }

// needGPU are the kinds that TensorRT-RTX infers and does not build here.
var needGPU = []trt.Kind{trt.KindNMS, trt.KindNonZero, trt.KindMoE}

// stricter holds the cases of the suite that the library takes and trt does not.
var stricter = sync.OnceValue(func() []backendtest.Case {
	return slices.DeleteFunc(backendtest.Cases(), func(c backendtest.Case) bool { return c.Stricter == "" })
})

// Draw returns the n-th configuration of a seed. The first are no drawn ones but
// the cases for which trt is stricter than the library, so that each is held
// against the rules of Stricter, and each rule has its case.
func Draw(seed uint64, n int) Config {
	if all := stricter(); n < len(all) {
		return Config{Case: all[n]}
	}
	g := &gen{rand.New(rand.NewPCG(seed, uint64(n)))}
	kinds := Kinds()
	kind := kinds[n%len(kinds)]
	var c Config
	if cases := table()[kind]; len(cases) == 0 || g.chance(80) {
		c.Op, c.Inputs = drawers[kind](g)
		g.derive(&c)
		c.Ranges = g.dynamize(c.Inputs)
	} else {
		c.Case = pick(g, cases...)
		c.Inputs = slices.Clone(c.Inputs)
	}
	c.NeedsGPU = slices.Contains(needGPU, kind)
	c.Name = fmt.Sprintf("seed %d number %d", seed, n)
	if g.chance(80) {
		g.spoil(&c)
		if g.chance(30) {
			g.spoil(&c)
		}
	}
	return c
}

type gen struct{ *rand.Rand }

func (g *gen) chance(percent int) bool { return g.IntN(100) < percent }

func (g *gen) coin() bool { return g.chance(50) }

func (g *gen) between(low, high int) int { return low + g.IntN(high-low+1) }

func pick[T any](g *gen, all ...T) T { return all[g.IntN(len(all))] }

// extent is small, and seldom a multiple of another.
func (g *gen) extent() int64 { return pick[int64](g, 1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 11) }

func (g *gen) dims(rank int) trt.Dims {
	d := make(trt.Dims, rank)
	for i := range d {
		d[i] = g.extent()
	}
	return d
}

// rank prefers the usual ones.
func (g *gen) rank(low, high int) int {
	return min(max(pick(g, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8), low), high)
}

func (g *gen) axis(rank int) int { return g.IntN(max(1, rank)) }

// axes draws some axes, ascending.
func (g *gen) axes(rank int) []int {
	var axes []int
	for i := range rank {
		if g.coin() {
			axes = append(axes, i)
		}
	}
	return axes
}

var (
	floats   = []dtype.Type{dtype.Float32, dtype.Float32, dtype.Float16, dtype.BFloat16}
	numbers  = append(slices.Clone(floats), dtype.Int32, dtype.Int64)
	plain    = append(slices.Clone(numbers), dtype.Bool)
	allTypes = append(slices.Clone(plain), dtype.Int8, dtype.UInt8)
	anyType  = append(slices.Clone(allTypes), dtype.Float8E4M3FN, dtype.Int4, dtype.Float4E2M1FN, dtype.Float64) // with such as TensorRT has not
)

// stretched returns two shapes that broadcast to d.
func (g *gen) stretched(d trt.Dims) (a, b trt.Dims) {
	a, b = d.Clone(), d.Clone()
	for i := range d {
		switch g.IntN(6) {
		case 0:
			a[i] = 1
		case 1:
			b[i] = 1
		}
	}
	return a, b
}

// derive makes some constants of dimensions: lists of extents are the shape of a
// tensor that has them, and conditions say of extents that they are not 0.
func (g *gen) derive(c *Config) {
	for i, x := range c.Inputs {
		extents := trt.Dims{}
		for _, e := range x.Values {
			if x.Type == dtype.Bool {
				e.Int = g.extent()
			}
			extents = append(extents, e.Int)
		}
		if x.Values == nil || len(x.Dims) > 1 || len(extents) > trt.MaxDims || slices.ContainsFunc(extents, func(e int64) bool { return e < 1 }) || !g.chance(40) {
			continue
		}
		before := []trt.Op{trt.Shape{}}
		if len(x.Dims) == 0 {
			before = append(before, trt.Squeeze{Axes: []int{0}})
		}
		if x.Type != dtype.Int64 || g.chance(20) {
			before = append(before, trt.Cast{To: x.Type})
		}
		if x.Type == dtype.Bool && g.chance(20) {
			before = append(before, trt.Unary{Operation: trt.Not})
		}
		c.Inputs[i] = trt.Info{Type: pick(g, floats...), Dims: extents}
		if c.Before == nil {
			c.Before = map[int][]trt.Op{}
		}
		c.Before[i] = before
	}
}

// dynamize makes some extents of the inputs dynamic and returns the ranges they
// get in the profile, which hold what was there.
func (g *gen) dynamize(in []trt.Info) []trt.Range {
	if !g.chance(35) {
		return nil
	}
	ranges := make([]trt.Range, len(in))
	loose := g.chance(30)
	for i, x := range in {
		r := trt.Range{Min: x.Dims.Clone(), Opt: x.Dims.Clone(), Max: x.Dims.Clone()}
		d := x.Dims.Clone()
		for axis := range d {
			if d[axis] < 1 || x.Values != nil || !g.chance(35) {
				continue
			}
			if loose {
				r.Min[axis], r.Max[axis] = max(1, d[axis]-1), d[axis]*2
			}
			d[axis] = trt.Dynamic
		}
		in[i].Dims, ranges[i] = d, r
	}
	return ranges
}

// weights are small numbers that differ.
func weights(t dtype.Type, dims ...int64) *trt.Weights {
	n := trt.Dims(dims).Count()
	raw := make([]byte, n*int64(t.Size()))
	if t.IsFloat() {
		for i := range n {
			copy(raw[i*int64(t.Size()):], small(t, i))
		}
		return trt.RawWeights(t, dims, raw)
	}
	for i := range n {
		raw[i*int64(t.Size())] = byte((i + 1) % 2) // 1 first, as adding 0 is folded away
	}
	return trt.RawWeights(t, dims, raw)
}

// small is 1, 1.5 or a neighbour of them: the high bytes decide.
func small(t dtype.Type, i int64) []byte {
	switch t {
	case dtype.Float32:
		return []byte{0, 0, byte(0x80 | i%7), 0x3f}
	case dtype.Float16:
		return []byte{byte(i % 7), 0x3c}
	}
	return []byte{byte(0x80 | i%7), 0x3f}
}
