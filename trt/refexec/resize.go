package refexec

import (
	"cmp"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// resize works axis by axis: interpolation is separable. Axes that shrink come
// first, so that nothing between is larger than both input and output.
func (r *runner) resize(op trt.Resize, x *trt.Value, out trt.Info) (*trt.Value, error) {
	axes := make([]int, len(out.Dims))
	for i := range axes {
		axes[i] = i
	}
	first := x.Dims
	slices.SortStableFunc(axes, func(a, b int) int {
		return cmp.Compare(float64(out.Dims[a])/float64(first[a]), float64(out.Dims[b])/float64(first[b]))
	})
	for _, axis := range axes {
		from, to := x.Dims[axis], out.Dims[axis]
		ratio := float64(from) / float64(to) // input steps for each output step
		if op.Scales != nil {
			ratio = 1 / float64(op.Scales[axis])
		}
		if from == to && ratio == 1 {
			continue
		}
		d := x.Dims.Clone()
		d[axis] = to
		y := r.result(trt.Info{Type: out.Type, Dims: d})
		r.resample(y.Floats, x.Floats, int(from), volume(d[axis+1:]), interpolation(op, int(from), int(to), ratio))
		x = y
	}
	return view(x, out), nil
}

// tap is an input index and its weight.
type tap struct {
	at     int
	weight float64
}

// resample sets each output to the weighted sum of its taps along an axis of
// extent in whose neighbours are inner elements apart.
func (r *runner) resample(dst, src []float32, in, inner int, taps [][]tap) {
	out := len(taps)
	parallel.RangeContext(r.ctx, r.workers, len(dst)/max(inner, 1), max(1, grain/max(inner, 1)), func(from, to int) {
		for row := from; row < to; row++ {
			line := src[row/out*in*inner:]
			for i := range inner {
				sum := 0.0
				for _, t := range taps[row%out] {
					sum += t.weight * float64(line[t.at*inner+i])
				}
				dst[row*inner+i] = float32(sum)
			}
		}
	})
}

// interpolation returns the taps of each output position along one axis.
// Positions outside the input stand for the nearest inside.
func interpolation(op trt.Resize, in, out int, ratio float64) [][]tap {
	taps := make([][]tap, out)
	for o := range taps {
		x := float64(o) * ratio
		switch op.Coordinates {
		case trt.HalfPixel:
			x = (float64(o)+0.5)*ratio - 0.5
		case trt.AlignCorners:
			x = 0
			if out > 1 {
				x = float64(o) * float64(in-1) / float64(out-1)
			}
		}
		if out == 1 && op.Single == trt.SingleUpper {
			x = 0
		}
		around := weigh(op, x)
		if op.Mode == trt.ResizeCubic && op.ExcludeOutside {
			around = within(around, in)
		}
		for _, t := range around {
			taps[o] = append(taps[o], tap{min(max(t.at, 0), in-1), t.weight})
		}
	}
	return taps
}

// within returns the taps inside of [0,in), their weights summing to 1 again.
func within(all []tap, in int) []tap {
	var kept []tap
	total := 0.0
	for _, t := range all {
		if t.at >= 0 && t.at < in {
			kept = append(kept, t)
			total += t.weight
		}
	}
	for i := range kept {
		kept[i].weight /= total
	}
	return kept
}

// weigh returns the taps around a coordinate, unbounded.
func weigh(op trt.Resize, x float64) []tap {
	base := int(math.Floor(x))
	f := x - math.Floor(x)
	switch op.Mode {
	case trt.ResizeLinear:
		return []tap{{base, 1 - f}, {base + 1, f}}
	case trt.ResizeCubic:
		a := float64(op.Coefficient())
		near := func(d float64) float64 { return ((a+2)*d-(a+3))*d*d + 1 }  // |d| <= 1
		far := func(d float64) float64 { return ((a*d-5*a)*d+8*a)*d - 4*a } // 1 < |d| < 2
		return []tap{{base - 1, far(1 + f)}, {base, near(f)}, {base + 1, near(1 - f)}, {base + 2, far(2 - f)}}
	}
	switch op.Rounding {
	case trt.RoundCeil:
		base = int(math.Ceil(x))
	case trt.RoundHalfUp:
		base = int(math.Floor(x + 0.5))
	case trt.RoundHalfDown:
		base = int(math.Ceil(x - 0.5))
	}
	return []tap{{base, 1}}
}
