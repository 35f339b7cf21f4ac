package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// moe computes the chosen experts of each token. in are hidden, experts, scores,
// the weights and perhaps the biases of gate, up and down.
func (r *runner) moe(in []*trt.Value, out trt.Info) (*trt.Value, error) {
	hidden, experts, scores := in[0], in[1], in[2]
	y := newValue(out)
	size, inner, chosen := int(hidden.Dims[2]), int(in[3].Dims[2]), int(experts.Dims[2])
	for i := range experts.Ints {
		if _, err := index(experts, i, int(in[3].Dims[0])); err != nil {
			return nil, err
		}
	}
	var biases [3]*trt.Value
	copy(biases[:], in[6:])
	tokens := volume(hidden.Dims[:2])
	parallel.RangeContext(r.ctx, r.workers, tokens, max(1, grain/max(1, 3*chosen*size*inner)), func(from, to int) {
		for t := from; t < to; t++ {
			x := widened(hidden.Floats[t*size:][:size])
			sum := make([]float64, size)
			for i := range chosen {
				e := int(experts.Ints[t*chosen+i])
				gate, up := linear(x, in[3], biases[0], e), linear(x, in[4], biases[1], e)
				for j, g := range gate {
					up[j] *= g / (1 + math.Exp(-g)) // SiLU
				}
				for j, v := range linear(up, in[5], biases[2], e) {
					sum[j] += float64(scores.Floats[t*chosen+i]) * v
				}
			}
			for j, v := range sum {
				y.Floats[t*size+j] = float32(v)
			}
		}
	})
	return y, nil
}

// linear is x times matrix e of a stack, plus its bias.
func linear(x []float64, w, bias *trt.Value, e int) []float64 {
	n := int(w.Dims[2])
	y := make([]float64, n)
	if bias != nil {
		copy(y, widened(bias.Floats[e*n:][:n]))
	}
	for i, v := range x {
		for j, k := range w.Floats[(e*len(x)+i)*n:][:n] {
			y[j] += v * float64(k)
		}
	}
	return y
}

func widened(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}
