package preprocess

import "image"

// fromYCbCr converts as libjpeg does, chroma interpolated.
func (im *Image) fromYCbCr(src *image.YCbCr) {
	cb, cr := chroma(src, src.Cb), chroma(src, src.Cr)
	// The factors in 16 bits, and what rounds them.
	const (
		rr   = 91881  // 1.402
		gb   = -22554 // -0.34414
		gr   = -46802 // -0.71414
		bb   = 116130 // 1.772
		half = 1 << 15
	)
	for y := range im.Height {
		line := src.Y[src.YOffset(src.Rect.Min.X, src.Rect.Min.Y+y):][:im.Width]
		from := y * im.Width
		cb, cr, out := cb[from:][:im.Width], cr[from:][:im.Width], im.Pix[3*from:][:3*im.Width]
		for x, l := range line {
			l, b, r := int32(l), int32(cb[x])-128, int32(cr[x])-128
			out[3*x] = clamp(l + (rr*r+half)>>16)
			out[3*x+1] = clamp(l + (gb*b+gr*r+half)>>16)
			out[3*x+2] = clamp(l + (bb*b+half)>>16)
		}
	}
}

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }

// chroma returns a chroma plane at full size. libjpeg interpolates halves and
// repeats what is subsampled otherwise, or three samples wide at most across.
func chroma(src *image.YCbCr, samples []uint8) []uint8 {
	width, height := src.Rect.Dx(), src.Rect.Dy()
	dst := make([]uint8, width*height)
	across, down := 1, 1
	switch src.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		across = 2
	case image.YCbCrSubsampleRatio420:
		across, down = 2, 2
	case image.YCbCrSubsampleRatio440:
		down = 2
	}
	w, h := (width+across-1)/across, (height+down-1)/down
	interpolated := across*down > 1 && (across == 1 || w > 2)
	sums := make([]int32, w)
	for y := range height {
		out := dst[y*width : (y+1)*width]
		row := func(y int) []uint8 {
			y = min(max(y, 0), h-1)
			return samples[y*src.CStride:][:w]
		}
		switch {
		case !interpolated:
			for x := range out {
				out[x] = samples[src.COffset(src.Rect.Min.X+x, src.Rect.Min.Y+y)]
			}
		case down == 1:
			widen(out, row(y), nil, sums)
		case across == 1:
			near, far, bias := row(y/2), row(y/2+y%2*2-1), 1+y%2
			for x := range out {
				out[x] = uint8((3*int(near[x]) + int(far[x]) + bias) >> 2)
			}
		default:
			widen(out, row(y/2), row(y/2+y%2*2-1), sums)
		}
	}
	return dst
}

// widen makes two samples of one: three parts the nearer, one the farther. far,
// when set, is the row that a quarter of near is taken from. sums is scratch.
func widen(out, near, far []uint8, sums []int32) {
	shift, left, right := 2, int32(1), int32(2)
	for i, v := range near {
		sums[i] = int32(v)
	}
	if far != nil {
		shift, left, right = 4, 8, 7
		for i, v := range far[:len(near)] {
			sums[i] = 3*sums[i] + int32(v)
		}
	}
	before := sums[0]
	for i, v := range sums[:len(near)] {
		after := v
		if i+1 < len(near) {
			after = sums[i+1]
		}
		out[2*i] = uint8((3*v + before + left) >> shift)
		if 2*i+1 < len(out) {
			out[2*i+1] = uint8((3*v + after + right) >> shift)
		}
		before = v
	}
}
