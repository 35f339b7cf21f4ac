package refexec

import (
	"github.com/trtbuild/trtbuild/internal/gemm"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) convolution(op trt.Convolution, x *trt.Value, out trt.Info) (*trt.Value, error) {
	kernel, err := r.floats(op.Weight)
	if err != nil {
		return nil, err
	}
	bias, err := r.floats(op.Bias)
	if err != nil {
		return nil, err
	}
	w := newWindow(x.Dims, out.Dims, op.Kernel, op.Stride, op.PrePadding, op.Dilation).flat()
	y := newValue(out)
	r.grouped(grouped{
		groups: int(op.Groups), in: int(x.Dims[1]), out: int(op.OutChannels), taps: size(w.kernel),
		batch: int(x.Dims[0]), positions: size(w.out), kernel: kernel, bias: bias,
		patches: func(dst []float32, first, k, n int) { w.gather(dst, x.Floats, first, k, n) },
	}, y.Floats)
	return y, nil
}

// grouped is a convolution as one matrix product a group: the kernel
// [out, in/groups*taps] times patches [in/groups*taps, batch*positions].
type grouped struct {
	groups, in, out, taps, batch, positions int
	kernel, bias                            []float32
	// patches fills dst with row k of the patches of the group that starts at
	// channel first, from column n on.
	patches func(dst []float32, first, k, n int)
}

func (r *runner) grouped(g grouped, y []float32) {
	workers := r.workers
	if g.groups > 1 { // groups run side by side, each on one worker
		workers = 1
	}
	parallel.Run(r.workers, g.groups, func(next func() (int, bool)) {
		for i, ok := next(); ok; i, ok = next() {
			if r.float64 {
				product[float64](g, i, y).Run(workers)
			} else {
				product[float32](g, i, y).Run(workers)
			}
		}
	})
}

func product[T gemm.Float](g grouped, group int, y []float32) gemm.Product[T] {
	m, k := g.out/g.groups, g.in/g.groups*g.taps
	return gemm.Product[T]{
		M: m, N: g.batch * g.positions, K: k,
		A: g.kernel[group*m*k:][:m*k],
		B: func(dst []float32, k, n int) { g.patches(dst, group*(g.in/g.groups), k, n) },
		C: func(row []T, i, n int) {
			channel := group*m + i
			var bias T
			if g.bias != nil {
				bias = T(g.bias[channel])
			}
			for len(row) > 0 {
				image, at := n/g.positions, n%g.positions
				run := min(len(row), g.positions-at)
				dst := y[(image*g.out+channel)*g.positions+at:]
				for j, v := range row[:run] {
					dst[j] = float32(v + bias)
				}
				row, n = row[run:], n+run
			}
		},
	}
}
