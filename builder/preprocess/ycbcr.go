package preprocess

import "image"

// fromYCbCr converts as libjpeg does, chroma interpolated.
func (im *Image) fromYCbCr(src *image.YCbCr) {
	cb, cr := chroma(src, src.Cb), chroma(src, src.Cr)
	for y := range im.Height {
		line := src.Y[src.YOffset(src.Rect.Min.X, src.Rect.Min.Y+y):]
		for x := range im.Width {
			i := y*im.Width + x
			l, b, r := int32(line[x]), int32(cb[i])-128, int32(cr[i])-128
			im.Pix[3*i] = clamp(l + (fix(1.402)*r+half)>>16)
			im.Pix[3*i+1] = clamp(l + (-fix(0.34414)*b-fix(0.71414)*r+half)>>16)
			im.Pix[3*i+2] = clamp(l + (fix(1.772)*b+half)>>16)
		}
	}
}

// half rounds fixed-point numbers of 16 bits.
const half = 1 << 15

func fix(v float64) int32 { return int32(v*65536 + 0.5) }

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
			widen(out, row(y), nil)
		case across == 1:
			near, far, bias := row(y/2), row(y/2+y%2*2-1), 1+y%2
			for x := range out {
				out[x] = uint8((3*int(near[x]) + int(far[x]) + bias) >> 2)
			}
		default:
			widen(out, row(y/2), row(y/2+y%2*2-1))
		}
	}
	return dst
}

// widen makes two samples of one: three parts the nearer, one the farther. far,
// when set, is the row that a quarter of near is taken from.
func widen(out, near, far []uint8) {
	sum := func(i int) int {
		if far == nil {
			return int(near[i])
		}
		return 3*int(near[i]) + int(far[i])
	}
	shift, left, right := 2, 1, 2
	if far != nil {
		shift, left, right = 4, 8, 7
	}
	for x := range out {
		i := x / 2
		other, bias := i-1, left
		if x%2 == 1 {
			other, bias = i+1, right
		}
		if other < 0 || other >= len(near) {
			other = i
		}
		out[x] = uint8((3*sum(i) + sum(other) + bias) >> shift)
	}
}
