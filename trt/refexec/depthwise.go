package refexec

import (
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/internal/vector"
)

// depthwise is a convolution whose groups have one input channel, in float32: a
// sum of shifted lines, tap after tap.
func (r *runner) depthwise(w window, g grouped, x, y []float32) {
	each := g.out / g.groups // outputs of a channel
	lines := w.out[0] * w.out[1]
	run := max(1, grain/w.out[2]) // lines that are done together
	parallel.RangeContext(r.ctx, r.workers, g.batch*g.groups, max(1, grain/(g.positions*each)), func(from, to int) {
		var s strip
		for part := from; part < to; part++ {
			for line := 0; line < lines; line += run {
				n := min(run, lines-line)
				s = newStrip(w, line*w.out[2], n*w.out[2], s.data)
				s.fill(x[part*size(w.in):][:size(w.in)])
				for i := range each {
					channel := part%g.groups*each + i
					dst := y[(part*each+i)*g.positions+line*w.out[2]:][:n*w.out[2]]
					g.lines(dst, &s, channel, line)
				}
			}
		}
	})
}

// lines computes lines of one output channel, from one on.
func (g grouped) lines(dst []float32, s *strip, channel, line int) {
	bias := float32(0)
	if g.bias != nil {
		bias = g.bias[channel]
	}
	width := s.out[2]
	for ; len(dst) > 0; dst, line = dst[width:], line+1 {
		row := dst[:width]
		for i := range row {
			row[i] = bias
		}
		start := s.start(split(line*width, s.out))
		for t, factor := range g.kernel[channel*g.taps:][:g.taps] {
			vector.MulAdd(row, s.data[start+s.tap(split(t, s.kernel)):][:width], factor)
		}
	}
}
