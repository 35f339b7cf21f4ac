package refexec

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/trtbuild/trtbuild/trt"
)

// fill draws the same random numbers for a layer of the same name in every run.
// They are not TensorRT's.
func (r *runner) fill(op trt.Fill, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	alpha := &trt.Value{Floats: []float32{float32(op.Alpha)}, Ints: []int64{int64(op.Alpha)}}
	beta := &trt.Value{Floats: []float32{float32(op.Beta)}, Ints: []int64{int64(op.Beta)}}
	if len(in) > 1 {
		alpha, beta = numbers(in[len(in)-2]), numbers(in[len(in)-1])
	}
	y := newValue(out)
	switch {
	case op.Operation != trt.FillLinspace:
		r.random(op.Operation, y.Floats, float64(alpha.Floats[0]), float64(beta.Floats[0]))
	case out.Type.IsFloat():
		linspace(y.Floats, out.Dims, float64(alpha.Floats[0]), beta.Floats)
	default:
		linspace(y.Ints, out.Dims, alpha.Ints[0], beta.Ints)
	}
	return y, nil
}

// numbers are the elements of v in both forms.
func numbers(v *trt.Value) *trt.Value {
	y := &trt.Value{Floats: v.Floats, Ints: v.Ints}
	if v.Type.IsFloat() {
		for _, x := range v.Floats {
			y.Ints = append(y.Ints, int64(x))
		}
		return y
	}
	for _, x := range v.Ints {
		y.Floats = append(y.Floats, float32(x))
	}
	return y
}

func linspace[T float32 | int64, W float64 | int64](y []T, d trt.Dims, start W, step []T) {
	each := strides(d)
	for o := range y {
		v, rest := start, o
		for axis, n := range each {
			v += W(step[axis]) * W(rest/n)
			rest %= n
		}
		y[o] = T(v)
	}
}

func (r *runner) random(op trt.FillOperation, y []float32, alpha, beta float64) {
	h := fnv.New64a()
	h.Write([]byte(r.name))
	source := rand.New(rand.NewPCG(h.Sum64(), 0)) //nolint:gosec // numbers that look random, no secret
	for i := range y {
		if op == trt.FillNormal {
			y[i] = float32(alpha + beta*source.NormFloat64())
		} else {
			y[i] = float32(alpha + (beta-alpha)*source.Float64())
		}
	}
}
