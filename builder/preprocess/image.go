package preprocess

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Image is a decoded image: RGB, 8 bits a channel, rows from the top, three
// bytes a pixel.
type Image struct {
	Width, Height int
	Pix           []uint8
}

// check refuses an image that was not decoded and is none.
func (im *Image) check() error {
	if im == nil || min(im.Width, im.Height) < 1 || max(im.Width, im.Height) > maxSide || len(im.Pix) != 3*im.Width*im.Height {
		return &Error{Kind: fault.Usage, Msg: "no image", Expected: fmt.Sprintf("sides from 1 to %d and three bytes a pixel", maxSide)}
	}
	return nil
}

// plane is pixels of one or three interleaved channels.
type plane struct {
	width, height, channels int
	pix                     []uint8
}

func newPlane(width, height, channels int) plane {
	return plane{width, height, channels, make([]uint8, width*height*channels)}
}

func (p plane) row(y int) []uint8 {
	n := p.width * p.channels
	return p.pix[y*n : (y+1)*n]
}

// in returns the image's pixels in the order of the colour.
func (im *Image) in(c Colour) plane {
	if c == RGB {
		return plane{im.Width, im.Height, 3, im.Pix}
	}
	p := newPlane(im.Width, im.Height, c.Channels())
	for i := range im.Width * im.Height {
		r, g, b := im.Pix[3*i], im.Pix[3*i+1], im.Pix[3*i+2]
		if c == BGR {
			p.pix[3*i], p.pix[3*i+1], p.pix[3*i+2] = b, g, r
		} else {
			p.pix[i] = luma(r, g, b)
		}
	}
	return p
}

// luma is Pillow's, which sums to 65536 so that gray stays what it is.
func luma(r, g, b uint8) uint8 {
	return uint8((uint32(r)*19595 + uint32(g)*38470 + uint32(b)*7471 + 0x8000) >> 16)
}
