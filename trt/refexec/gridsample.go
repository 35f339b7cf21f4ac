package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// gridSample sums, for each place, the elements around it: the taps of all
// spatial axes multiplied out.
func (r *runner) gridSample(op trt.GridSample, x, grid *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	sizes := x.Dims[2:]
	rank, inner, channels := len(sizes), volume(sizes), int(x.Dims[1])
	steps := strides(sizes)
	places := volume(out.Dims[2:])
	if inner == 0 {
		return y, nil
	}
	parallel.RangeContext(r.ctx, r.workers, int(x.Dims[0])*places, max(1, grain/(16*max(channels, 1))), func(from, to int) {
		for i := from; i < to; i++ {
			taps := []tap{{0, 1}}
			for axis, size := range sizes {
				at := float64(grid.Floats[i*rank+rank-1-axis])
				taps = across(taps, sampleTaps(op, at, int(size)), steps[axis])
			}
			n, p := i/places, i%places
			for c := range channels {
				plane := x.Floats[(n*channels+c)*inner:][:inner]
				sum := 0.0
				for _, t := range taps {
					sum += t.weight * float64(plane[t.at])
				}
				y.Floats[(n*channels+c)*places+p] = float32(sum)
			}
		}
	})
	return y, nil
}

func across(outer, inner []tap, step int) []tap {
	all := make([]tap, 0, len(outer)*len(inner))
	for _, a := range outer {
		for _, b := range inner {
			all = append(all, tap{a.at + b.at*step, a.weight * b.weight})
		}
	}
	return all
}

// sampleTaps returns the taps of a coordinate of -1 to 1 along an axis, those
// outside dropped or moved inside. Linear and nearest move the place, cubic
// each of its taps, as PyTorch does.
func sampleTaps(op trt.GridSample, g float64, size int) []tap {
	x := (g + 1) / 2 * float64(size-1)
	if !op.AlignCorners {
		x = ((g+1)*float64(size) - 1) / 2
	}
	inside := func(x float64) float64 {
		if op.Padding == trt.GridReflect {
			x = reflected(x, size, op.AlignCorners)
		}
		return min(max(x, 0), float64(size-1))
	}
	if op.Padding != trt.GridZeros && op.Mode != trt.ResizeCubic {
		x = inside(x)
	}
	taps := []tap{{int(math.RoundToEven(x)), 1}}
	if op.Mode != trt.ResizeNearest {
		taps = weigh(trt.Resize{Mode: op.Mode}, x)
	}
	kept := taps[:0]
	for _, t := range taps {
		if op.Padding != trt.GridZeros && op.Mode == trt.ResizeCubic {
			t.at = int(inside(float64(t.at)))
		}
		if t.at >= 0 && t.at < size {
			kept = append(kept, t)
		}
	}
	return kept
}

// reflected mirrors a coordinate into an axis about the centres of its ends, if
// corners are aligned, or else their edges.
func reflected(x float64, size int, corners bool) float64 {
	low, span := -0.5, float64(size)
	if corners {
		low, span = 0, float64(size-1)
	}
	if span == 0 {
		return 0
	}
	x = math.Abs(x - low)
	rest := math.Mod(x, span)
	if int64(math.Floor(x/span))%2 != 0 {
		rest = span - rest
	}
	return rest + low
}
