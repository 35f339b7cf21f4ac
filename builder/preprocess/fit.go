package preprocess

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// rectangle is a part of an image.
type rectangle struct{ x, y, width, height int }

// fit brings p to height and width.
func (r Recipe) fit(p plane, height, width int) (plane, error) {
	switch r.Fit {
	case Letterbox:
		return r.letterbox(p, height, width), nil
	case Crop:
		return r.crop(p, height, width)
	}
	return r.resize(p, width, height, rectangle{0, 0, width, height}), nil
}

// letterbox is Ultralytics' LetterBox with its defaults: enlarged too, centred,
// no shrinking of the border to a multiple of the stride.
func (r Recipe) letterbox(p plane, height, width int) plane {
	ratio := min(float64(height)/float64(p.height), float64(width)/float64(p.width))
	w := min(max(int(math.RoundToEven(float64(p.width)*ratio)), 1), width)
	h := min(max(int(math.RoundToEven(float64(p.height)*ratio)), 1), height)
	left := int(math.RoundToEven(float64(width-w)/2 - 0.1))
	top := int(math.RoundToEven(float64(height-h)/2 - 0.1))
	inner := r.resize(p, w, h, rectangle{0, 0, w, h})
	dst := newPlane(width, height, p.channels)
	for i := range dst.pix {
		dst.pix[i] = r.Border
	}
	for y := range h {
		copy(dst.row(top + y)[left*p.channels:], inner.row(y))
	}
	return dst
}

// crop is torchvision's Resize to a shorter side, the longer rounded down, and
// its CenterCrop.
func (r Recipe) crop(p plane, height, width int) (plane, error) {
	if int64(max(height, width)) > r.ShortSide {
		return plane{}, &Error{
			Kind: fault.Usage, Msg: "the crop is larger than the image resized",
			Expected: fmt.Sprintf("a shorter side of at least %d", max(height, width)), Found: fmt.Sprint(r.ShortSide),
		}
	}
	w, h := int(r.ShortSide), int(r.ShortSide)
	if p.width > p.height {
		w = int(float64(r.ShortSide*int64(p.width)) / float64(p.height))
	} else {
		h = int(float64(r.ShortSide*int64(p.height)) / float64(p.width))
	}
	return r.resize(p, w, h, rectangle{centre(w, width), centre(h, height), width, height}), nil
}

func centre(all, part int) int { return int(math.RoundToEven(float64(all-part) / 2)) }

// resize resizes p and returns a part of the result.
func (r Recipe) resize(p plane, width, height int, part rectangle) plane {
	whole := part == rectangle{0, 0, p.width, p.height}
	switch {
	case whole && p.width == width && p.height == height:
		return p
	case r.Interpolation == Bilinear:
		return bilinear(p, width, height, part)
	case r.Interpolation == BicubicAntialias:
		return antialias(p, filter{2, cubic}, width, height, part)
	}
	return antialias(p, filter{1, triangle}, width, height, part)
}
