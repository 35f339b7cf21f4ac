package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// unattended is the score of a key that is masked: the least number of float16,
// so that constants stay finite in every type. Its share after the softmax is 0.
const unattended = -65504

// masked applies the masks of a layer to its scores [N,Heads,L,L].
func (b *Binder) masked(name string, scores, x *trt.Tensor, e EncoderLayer) *trt.Tensor {
	if b.net.Err() != nil {
		return scores
	}
	n, l := x.Dims[0], x.Dims[1]
	all := n * e.Heads
	if n == trt.Dynamic {
		all = trt.Dynamic
	}
	if m := e.Mask; m != nil && b.fits(name, "mask", m, x, trt.Dims{l, l}, trt.Dims{all, l, l}) {
		part := name + "/mask_heads"
		if len(m.Dims) == 2 {
			m = b.net.AddUnsqueeze(part, m, 0, 1)
		} else {
			m = b.net.AddShuffle(part, m, trt.Shuffle{FirstTranspose: []int{1, 2, 0}, Reshape: trt.Dims{0, 0, trt.Dynamic, e.Heads}, SecondTranspose: []int{2, 3, 0, 1}})
		}
		scores = b.mask(name+"/masked", scores, m)
	}
	if m := e.PaddingMask; m != nil && b.fits(name, "padding mask", m, x, trt.Dims{n, l}) {
		scores = b.mask(name+"/unpadded", scores, b.net.AddUnsqueeze(name+"/padding_heads", m, 1, 2))
	}
	return scores
}

// fits reports whether a mask is for x, of one of the dimensions given, and fails
// if not.
func (b *Binder) fits(name, operand string, m, x *trt.Tensor, dims ...trt.Dims) bool {
	if b.net.Err() != nil {
		return false
	}
	if m.Type != dtype.Bool && m.Type != x.Type {
		b.net.Fail(&trt.Error{Layer: name, Operand: operand, Msg: "must be of bools or of the type of the input", Expected: fmt.Sprintf("bool or %s", x.Type), Found: m.Type.String()})
		return false
	}
	for _, d := range dims {
		if slices.EqualFunc(m.Dims, d, func(e, want int64) bool { return e == want || e == trt.Dynamic || want == trt.Dynamic }) {
			return true
		}
	}
	b.net.Fail(&trt.Error{Layer: name, Operand: operand, Msg: "has the wrong dimensions", Expected: either(dims), Found: m.Dims.String()})
	return false
}

func either(dims []trt.Dims) string {
	all := make([]string, len(dims))
	for i, d := range dims {
		all[i] = d.String()
	}
	return strings.Join(all, " or ")
}

// mask keeps keys out of the scores: those that are true of bools, and as far as
// they say of numbers.
func (b *Binder) mask(name string, scores, m *trt.Tensor) *trt.Tensor {
	if m.Type != dtype.Bool {
		return b.net.AddElementWise(name, scores, m, trt.Sum)
	}
	least := trt.NewWeights(ones(4), trt.Float32s{unattended}).As(scores.Type)
	return b.net.AddSelect(name, m, b.net.AddConstant(name+"_score", least), scores)
}
