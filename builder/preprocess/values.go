package preprocess

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// maxSide bounds the sides of an input as those of an image.
const maxSide = 1<<16 - 1

// Batch returns the input [N,C,height,width] that the images make.
func (r Recipe) Batch(images []*Image, height, width int) (*trt.Value, error) {
	return r.batch(len(images), height, width, func(i int) (*Image, error) { return images[i], nil })
}

// Files is Batch of files, decoded one after the other.
func (r Recipe) Files(paths []string, height, width int, o Options) (*trt.Value, error) {
	return r.batch(len(paths), height, width, func(i int) (*Image, error) { return Open(paths[i], o) })
}

func (r Recipe) batch(n, height, width int, image func(i int) (*Image, error)) (*trt.Value, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, &Error{Kind: fault.Usage, Msg: "a batch needs an image"}
	}
	if min(height, width) < 1 || max(height, width) > maxSide {
		return nil, &Error{Kind: fault.Usage, Msg: "no size of an input", Expected: fmt.Sprintf("sides from 1 to %d", maxSide), Found: fmt.Sprintf("%dx%d", height, width)}
	}
	channels := r.Colour.Channels()
	each := channels * height * width
	v := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{int64(n), int64(channels), int64(height), int64(width)}}
	for i := range n {
		im, err := image(i)
		if err != nil {
			return nil, err
		}
		if err := im.check(); err != nil {
			return nil, err
		}
		p, err := r.fit(im.in(r.Colour), height, width)
		if err != nil {
			return nil, err
		}
		v.Floats = append(v.Floats, make([]float32, each)...)
		r.normalize(v.Floats[i*each:], p)
	}
	return v, nil
}

// normalize writes planes of channels.
func (r Recipe) normalize(dst []float32, p plane) {
	size := p.width * p.height
	for c := range p.channels {
		var table [256]float32
		for pixel := range table {
			table[pixel] = float32((float64(pixel)*r.Scale - r.Mean[c]) / r.Std[c])
		}
		for i := range size {
			dst[c*size+i] = table[p.pix[i*p.channels+c]]
		}
	}
}
