package refexec

import (
	"fmt"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/gemm"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

func (r *runner) convolution(op trt.Convolution, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	x := in[0]
	kernel, bias, err := r.kernelAndBias(in[1:], op.Weight, op.Bias)
	if err != nil {
		return nil, err
	}
	w := newWindow(x.Dims, out.Dims, op.Kernel, op.Stride, op.PrePadding, op.Dilation)
	if n := w.reach(); n > maxStrip {
		return nil, &Error{Kind: fault.Resources, Msg: "sees a window that no memory holds", Expected: fmt.Sprintf("at most %d elements of a channel, padding included", maxStrip), Found: fmt.Sprint(n)}
	}
	y := r.result(out)
	g := grouped{
		groups: int(op.Groups), in: int(x.Dims[1]), out: int(op.OutChannels), taps: size(w.kernel),
		batch: int(x.Dims[0]), positions: size(w.out), kernel: kernel, bias: bias,
	}
	if g.in == g.groups && !r.options.Float64 {
		r.depthwise(w, g, x.Floats, y.Floats)
		return y, nil
	}
	channels := g.in / g.groups * size(w.in)
	g.patches = func(part int) func() gemm.Packer {
		own := x.Floats[part*channels:][:channels]
		return func() gemm.Packer { return (&patches{window: w, x: own}).pack }
	}
	r.grouped(g, y.Floats)
	return y, nil
}

// grouped is a convolution as one matrix product for each group of each image:
// the kernel [out/groups, in/groups*taps] times patches [in/groups*taps,
// positions].
type grouped struct {
	groups, in, out, taps, batch, positions int
	kernel, bias                            []float32
	// patches makes packers of the patches of group part%groups of image
	// part/groups.
	patches func(part int) func() gemm.Packer
}

func (r *runner) grouped(g grouped, y []float32) {
	parts, workers := g.groups*g.batch, r.workers
	aside := 1
	if parts >= 4*workers || parts%workers == 0 { // each on one worker
		aside, workers = workers, 1
	}
	parallel.RunContext(r.ctx, aside, parts, func(next func() (int, bool)) {
		for part, ok := next(); ok; part, ok = next() {
			if r.options.Float64 {
				p := product[float64](g, part, y)
				p.Scratch = &r.scratch64
				p.Run(r.ctx, workers)
			} else {
				p := product[float32](g, part, y)
				p.Scratch = &r.scratch32
				p.Run(r.ctx, workers)
			}
		}
	})
}

func product[T gemm.Float](g grouped, part int, y []float32) gemm.Product[T] {
	m, k := g.out/g.groups, g.in/g.groups*g.taps
	first := part % g.groups * m
	y = y[part*m*g.positions:][:m*g.positions]
	return gemm.Product[T]{
		M: m, N: g.positions, K: k,
		A: g.kernel[first*k:][:m*k],
		B: g.patches(part),
		C: func(row []T, i, n int) {
			var bias T
			if g.bias != nil {
				bias = T(g.bias[first+i])
			}
			dst := y[i*g.positions+n:][:len(row)]
			for j, v := range row {
				dst[j] = float32(v + bias)
			}
		},
	}
}
