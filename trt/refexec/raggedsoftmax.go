package refexec

import (
	"math"

	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) raggedSoftmax(x, bounds *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	length := int(x.Dims[2])
	steps := broadcast(bounds.Dims, x.Dims)
	r.rows(x.Dims, [][]int{steps}, func(from int, at []int) {
		greatest, sum := math.Inf(-1), 0.0
		inside := func(j int) bool { return int64(j) < bounds.Ints[at[0]+j*steps[2]] }
		for j := range length {
			if inside(j) {
				greatest = max(greatest, float64(x.Floats[from+j]))
			}
		}
		e := make([]float64, length)
		for j := range length {
			if inside(j) {
				e[j] = math.Exp(float64(x.Floats[from+j]) - greatest)
				sum += e[j]
			}
		}
		for j, v := range e {
			if inside(j) {
				y.Floats[from+j] = float32(v / sum)
			}
		}
	})
	return y, nil
}
