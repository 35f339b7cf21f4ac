package preprocess

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Options of Decode. The zero value takes up to 100 million pixels and applies
// the orientation that a camera recorded.
type Options struct {
	MaxPixels         int64 // 0: 100 million
	IgnoreOrientation bool
}

const defaultMaxPixels = 100_000_000

// codec is an image format. perByte bounds the pixels that a byte of a file can
// stand for: deflate packs 1032 to 1, eight pixels to the byte; the shortest
// code of a JPEG block of 64 pixels is one bit.
type codec struct {
	name    string
	magic   string
	perByte int64
	config  func(io.Reader) (image.Config, error)
	decode  func(io.Reader) (image.Image, error)
	exif    func(r io.ReaderAt, size int64) []byte
}

var codecs = [...]codec{
	{"PNG", "\x89PNG\r\n\x1a\n", 8 * 1032, png.DecodeConfig, png.Decode, pngExif},
	{"JPEG", "\xff\xd8\xff", 8 * 64, jpeg.DecodeConfig, jpeg.Decode, jpegExif},
}

// IsImage reports whether a file begins like an image that Decode reads.
func IsImage(head []byte) bool { return codecOf(head) != nil }

func codecOf(head []byte) *codec {
	for i := range codecs {
		if bytes.HasPrefix(head, []byte(codecs[i].magic)) {
			return &codecs[i]
		}
	}
	return nil
}

// Open decodes an image file.
func Open(path string, o Options) (*Image, error) {
	// Stat first: opening a named pipe would block.
	st, err := os.Stat(path)
	if err != nil {
		return nil, &Error{Kind: fault.Of(err), File: path, Msg: "cannot be opened", Err: err}
	}
	if !st.Mode().IsRegular() {
		return nil, &Error{Kind: fault.BadInput, File: path, Msg: "is not a regular file"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{Kind: fault.Of(err), File: path, Msg: "cannot be opened", Err: err}
	}
	defer f.Close()
	im, err := Decode(f, st.Size(), o)
	var e *Error
	if errors.As(err, &e) {
		e.File = path
	}
	return im, err
}

// Decode decodes the image of size bytes that r holds. Errors are *Error.
func Decode(r io.ReaderAt, size int64, o Options) (*Image, error) {
	head := make([]byte, 8)
	n, _ := r.ReadAt(head, 0)
	c := codecOf(head[:n])
	if c == nil {
		return nil, &Error{Kind: fault.Unsupported, Msg: "is no image that can be read", Expected: "PNG or JPEG", Found: fmt.Sprintf("bytes %q", head[:n])}
	}
	config, err := c.config(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, c.bad(err)
	}
	if err := c.check(config, size, o); err != nil {
		return nil, err
	}
	decoded, err := c.decode(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, c.bad(err)
	}
	im := toRGB(decoded)
	if !o.IgnoreOrientation {
		im = im.upright(orientation(c.exif(r, size)))
	}
	return im, nil
}

// bad tells what a decoder could not read.
func (c *codec) bad(err error) error {
	kind := fault.BadInput
	var p png.UnsupportedError
	var j jpeg.UnsupportedError
	next := "the file is damaged or cut short: make or copy it again"
	if errors.As(err, &p) || errors.As(err, &j) {
		kind, next = fault.Unsupported, "save it as a plain "+c.name
	}
	return &Error{Kind: kind, Msg: "cannot be decoded as " + c.name, Next: next, Err: err}
}

// check refuses sizes before anything is allocated for them.
func (c *codec) check(config image.Config, size int64, o Options) error {
	most := o.MaxPixels
	if most == 0 {
		most = defaultMaxPixels
	}
	found := fmt.Sprintf("%dx%d", config.Width, config.Height)
	pixels := int64(config.Width) * int64(config.Height)
	switch {
	case config.Width < 1 || config.Height < 1:
		return &Error{Kind: fault.BadInput, Msg: "is an image without pixels", Found: found}
	case config.Width > maxSide || config.Height > maxSide:
		return &Error{Kind: fault.Resources, Msg: "is too wide or too high", Expected: fmt.Sprintf("sides up to %d", maxSide), Found: found}
	case pixels > most:
		return &Error{Kind: fault.Resources, Msg: "has too many pixels", Expected: fmt.Sprintf("up to %d", most), Found: fmt.Sprintf("%s, %d", found, pixels), Next: "shrink it, or raise the limit"}
	case pixels > size*c.perByte:
		return &Error{Kind: fault.BadInput, Msg: "claims more pixels than its bytes can hold", Expected: fmt.Sprintf("up to %d in %d bytes", size*c.perByte, size), Found: fmt.Sprintf("%s, %d", found, pixels)}
	}
	return nil
}

// toRGB keeps the high bytes of 16-bit samples and drops alpha.
func toRGB(src image.Image) *Image {
	b := src.Bounds()
	im := &Image{Width: b.Dx(), Height: b.Dy(), Pix: make([]uint8, 3*b.Dx()*b.Dy())}
	if y, ok := src.(*image.YCbCr); ok {
		im.fromYCbCr(y)
		return im
	}
	at := opaque(src)
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			im.Pix[i], im.Pix[i+1], im.Pix[i+2] = at(x, y)
			i += 3
		}
	}
	return im
}

// opaque returns how the colours of an image are read, transparency left out.
func opaque(src image.Image) func(x, y int) (r, g, b uint8) {
	switch src := src.(type) {
	case *image.Gray:
		return func(x, y int) (r, g, b uint8) { v := src.GrayAt(x, y).Y; return v, v, v }
	case *image.Gray16:
		return func(x, y int) (r, g, b uint8) { v := uint8(src.Gray16At(x, y).Y >> 8); return v, v, v }
	case *image.RGBA: // what PNG and JPEG without alpha become
		return func(x, y int) (r, g, b uint8) { c := src.RGBAAt(x, y); return c.R, c.G, c.B }
	case *image.NRGBA:
		return func(x, y int) (r, g, b uint8) { c := src.NRGBAAt(x, y); return c.R, c.G, c.B }
	case *image.NRGBA64:
		return func(x, y int) (r, g, b uint8) {
			c := src.NRGBA64At(x, y)
			return uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8)
		}
	case *image.Paletted:
		palette := make([][3]uint8, len(src.Palette))
		for i, c := range src.Palette {
			palette[i] = straight(c)
		}
		return func(x, y int) (r, g, b uint8) { c := palette[src.ColorIndexAt(x, y)]; return c[0], c[1], c[2] }
	}
	return func(x, y int) (r, g, b uint8) { c := straight(src.At(x, y)); return c[0], c[1], c[2] }
}

// straight is a colour not multiplied by its alpha.
func straight(c color.Color) [3]uint8 {
	if c, ok := c.(color.NRGBA); ok {
		return [3]uint8{c.R, c.G, c.B}
	}
	r, g, b, _ := c.RGBA()
	return [3]uint8{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
}
