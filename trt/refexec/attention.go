package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// attention computes a row of the output for each query of each head, scores
// and sums in float64. mask is nil when there is none.
func (r *runner) attention(op trt.Attention, query, key, value, mask *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	d, k := query.Dims, key.Dims
	heads, queries, size := int(d[1]), int(d[2]), int(d[3])
	shared, keys := int(k[1]), int(k[2])
	seen := newMask(op, mask, d, k)
	parallel.RangeContext(r.ctx, r.workers, volume(d[:3]), max(1, grain/max(1, 2*keys*size)), func(from, to int) {
		scores := make([]float64, keys)
		row := make([]float64, size)
		for i := from; i < to; i++ {
			batch, head, place := i/queries/heads, i/queries%heads, i%queries
			stack := (batch*shared + head/(heads/shared)) * keys * size
			q := query.Floats[i*size:][:size]
			for j := range scores {
				scores[j] = seen.score(dot(q, key.Floats[stack+j*size:][:size]), batch, head, place, j)
			}
			if op.Normalization == trt.AttentionSoftmax {
				softmax(scores)
			}
			clear(row)
			for j, s := range scores {
				for c, v := range value.Floats[stack+j*size:][:size] {
					row[c] += s * float64(v)
				}
			}
			for c, v := range row {
				y.Floats[i*size+c] = float32(v)
			}
		}
	})
	return y, nil
}

func dot(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		sum += float64(v) * float64(b[i])
	}
	return sum
}

// softmax replaces scores by their shares.
func softmax(scores []float64) {
	greatest, sum := math.Inf(-1), 0.0
	for _, s := range scores {
		greatest = max(greatest, s)
	}
	for i, s := range scores {
		scores[i] = math.Exp(s - greatest)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}

// attentionMask says what becomes of a score.
type attentionMask struct {
	causal bool
	ahead  int // how many keys after its own place a query sees
	hidden float64
	mask   *trt.Value
	steps  []int
}

func newMask(op trt.Attention, mask *trt.Value, query, key trt.Dims) attentionMask {
	m := attentionMask{causal: op.Causal != trt.CausalNone, mask: mask}
	if op.Causal == trt.CausalLowerRight {
		m.ahead = int(key[2] - query[2])
	}
	if op.Normalization == trt.AttentionSoftmax {
		m.hidden = math.Inf(-1)
	}
	if mask != nil {
		m.steps = broadcast(mask.Dims, trt.Dims{query[0], query[1], query[2], key[2]})
	}
	return m
}

// score is that of a key for a query. What is not seen has no share, or, without
// a softmax, no weight.
func (m attentionMask) score(s float64, batch, head, query, key int) float64 {
	if m.causal && key > query+m.ahead {
		return m.hidden
	}
	if m.mask == nil {
		return s
	}
	at := batch*m.steps[0] + head*m.steps[1] + query*m.steps[2] + key*m.steps[3]
	switch {
	case m.mask.Type != dtype.Bool:
		return s + float64(m.mask.Floats[at])
	case m.mask.Ints[at] == 0:
		return m.hidden
	}
	return s
}
