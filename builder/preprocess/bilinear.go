package preprocess

import "math"

// bilinear resizes as OpenCV's INTER_LINEAR does with 8-bit pixels: factors of
// 11 bits, rows first, the sum of rows without its lowest four bits. Shrinking by
// exactly two gives the mean of four pixels, which OpenCV takes a shorter way to.
// Of the result it computes only the part asked for.
func bilinear(src plane, width, height int, part rectangle) plane {
	dst := newPlane(part.width, part.height, src.channels)
	across := newTaps(src.width, width, part.x, part.width, true)
	down := newTaps(src.height, height, part.y, part.height, false)
	rows := rowCache{src: src, taps: across}
	for y, t := range down {
		a, b := rows.row(t.first), rows.row(t.second)
		out := dst.row(y)
		for i := range out {
			v := (t.weights[0]*(a[i]>>4))>>16 + (t.weights[1]*(b[i]>>4))>>16
			out[i] = uint8(min(max((v+2)>>2, 0), 255))
		}
	}
	return dst
}

// taps are the two neighbours of an output position and their factors of 2048.
type taps struct {
	first, second int
	weights       [2]int32
}

// newTaps returns those of the output positions [first,first+count) of to. Outside the image its edge is taken:
// across by weight, down by row, as OpenCV does; only roundings tell.
func newTaps(from, to, first, count int, across bool) []taps {
	const one = 1 << 11
	step := 1 / (float64(to) / float64(from))
	all := make([]taps, count)
	for i := range all {
		x := float32((float64(first+i)+0.5)*step - 0.5)
		base := math.Floor(float64(x))
		f, at := x-float32(base), int(base)
		if across && at < 0 {
			f, at = 0, 0
		}
		if across && at >= from-1 {
			f, at = 0, from-1
		}
		all[i] = taps{
			first: min(max(at, 0), from-1), second: min(max(at+1, 0), from-1),
			weights: [2]int32{int32(math.RoundToEven(float64((1 - f) * one))), int32(math.RoundToEven(float64(f * one)))},
		}
	}
	return all
}

// rowCache keeps the two rows last interpolated across.
type rowCache struct {
	src  plane
	taps []taps
	rows [2][]int32
	have [2]int // row number + 1; 0: none
}

func (c *rowCache) row(y int) []int32 {
	if c.have[y&1] == y+1 {
		return c.rows[y&1]
	}
	row := c.rows[y&1]
	if row == nil {
		row = make([]int32, len(c.taps)*c.src.channels)
		c.rows[y&1] = row
	}
	line, n := c.src.row(y), c.src.channels
	for x, t := range c.taps {
		for k := range n {
			row[x*n+k] = t.weights[0]*int32(line[t.first*n+k]) + t.weights[1]*int32(line[t.second*n+k])
		}
	}
	c.have[y&1] = y + 1
	return row
}
