package refexec

import "github.com/trtbuild/trtbuild/trt"

func (r *runner) selection(condition, a, b *trt.Value, out trt.Info) (*trt.Value, error) {
	y := newValue(out)
	sc, sa, sb := broadcast(condition.Dims, out.Dims), broadcast(a.Dims, out.Dims), broadcast(b.Dims, out.Dims)
	length, stepC := last(out.Dims, sc)
	_, stepA := last(out.Dims, sa)
	_, stepB := last(out.Dims, sb)
	r.rows(out.Dims, [][]int{sc, sa, sb}, func(o int, at []int) {
		for i := range length {
			x, from := a, at[1]+i*stepA
			if condition.Ints[at[0]+i*stepC] == 0 {
				x, from = b, at[2]+i*stepB
			}
			pick(y.Floats, x.Floats, o+i, from, 1, 1)
			pick(y.Ints, x.Ints, o+i, from, 1, 1)
		}
	})
	return y, nil
}
