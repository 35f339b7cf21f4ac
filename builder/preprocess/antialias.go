package preprocess

import "math"

// filter is a kernel and how far it reaches, in pixels of the larger side.
type filter struct {
	support float64
	at      func(x float64) float64
}

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

// cubic has coefficient -0.5, as Pillow's; OpenCV's and PyTorch's have -0.75.
func cubic(x float64) float64 {
	const a = -0.5
	switch x = math.Abs(x); {
	case x < 1:
		return ((a+2)*x-(a+3))*x*x + 1
	case x < 2:
		return (((x-5)*x+8)*x - 4) * a
	}
	return 0
}

// precision of the factors, in bits: what 8-bit pixels and a sum of factors up
// to 2 leave of 32.
const precision = 32 - 8 - 2

// window is the input positions of one output position, and their factors.
type window struct {
	from    int
	weights []int32
}

// windows returns those of the output positions [first,first+count) of to, as
// Pillow's precompute_coeffs does.
func windows(f filter, from, to, first, count int) []window {
	scale := float64(from) / float64(to)
	wide := max(scale, 1)
	support := f.support * wide
	all := make([]window, count)
	for i := range all {
		centre := (float64(first+i) + 0.5) * scale
		lo := max(int(centre-support+0.5), 0)
		hi := min(int(centre+support+0.5), from)
		factors, sum := make([]float64, hi-lo), 0.0
		for k := range factors {
			factors[k] = f.at((float64(k+lo) - centre + 0.5) * (1 / wide))
			sum += factors[k]
		}
		w := window{lo, make([]int32, len(factors))}
		for k, v := range factors {
			if sum != 0 {
				v /= sum
			}
			w.weights[k] = int32(math.Trunc(v*(1<<precision) + math.Copysign(0.5, v)))
		}
		all[i] = w
	}
	return all
}

// antialias resizes as Pillow does and cuts a rectangle out of the result, of
// which alone it computes the pixels: across first, rounded to 8 bits, then
// down.
func antialias(src plane, f filter, width, height int, cut rectangle) plane {
	across := windows(f, src.width, width, cut.x, cut.width)
	down := windows(f, src.height, height, cut.y, cut.height)
	top := down[0].from
	last := down[len(down)-1]
	middle := newPlane(cut.width, last.from+len(last.weights)-top, src.channels)
	n := src.channels
	for y := range middle.height {
		line, out := src.row(top+y), middle.row(y)
		if width == src.width {
			copy(out, line[cut.x*n:])
			continue
		}
		for x, w := range across {
			for k := range n {
				sum := int32(1 << (precision - 1))
				for i, weight := range w.weights {
					sum += weight * int32(line[(w.from+i)*n+k])
				}
				out[x*n+k] = clip(sum)
			}
		}
	}
	dst := newPlane(cut.width, cut.height, n)
	for y, w := range down {
		out := dst.row(y)
		if height == src.height {
			copy(out, middle.row(y+cut.y-top))
			continue
		}
		for x := range out {
			sum := int32(1 << (precision - 1))
			for i, weight := range w.weights {
				sum += weight * int32(middle.pix[(w.from-top+i)*len(out)+x])
			}
			out[x] = clip(sum)
		}
	}
	return dst
}

func clip(sum int32) uint8 { return uint8(min(max(sum>>precision, 0), 255)) }
