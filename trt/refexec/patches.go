package refexec

import "github.com/trtbuild/trtbuild/internal/gemm"

// patches packs blocks of the patch matrix of some channels of one image: row k
// is tap k%taps of channel k/taps at every output position. What lies in the
// padding is 0. It serves one goroutine.
type patches struct {
	window
	x      []float32 // the channels
	strip  strip
	starts []int // where each column of a block begins in the strip
}

// pack fills a block of the patch matrix.
func (p *patches) pack(b gemm.Block) {
	if p.pointwise() {
		plane := size(p.in)
		b.Panels(func(panel []float32, n, width int) {
			for k := range b.Depth {
				copyRun(panel[k*b.Panel:], p.x[(b.K+k)*plane+n:][:width])
			}
		})
		return
	}
	taps := size(p.kernel)
	p.strip = newStrip(p.window, b.N, b.Cols, p.strip.data)
	p.starts = p.starts[:0]
	for c := range b.Cols {
		p.starts = append(p.starts, p.strip.start(split(b.N+c, p.out)))
	}
	for k := b.K; k < b.K+b.Depth; k++ {
		if k == b.K || k%taps == 0 {
			p.strip.fill(p.x[k/taps*size(p.in):][:size(p.in)])
		}
		src := p.strip.data[p.strip.tap(split(k%taps, p.kernel)):]
		b.Panels(func(panel []float32, n, width int) {
			dst, starts := panel[(k-b.K)*b.Panel:][:width], p.starts[n-b.N:][:width]
			if starts[width-1]-starts[0] == width-1 {
				copyRun(dst, src[starts[0]:][:width])
				return
			}
			for i, at := range starts {
				dst[i] = src[at]
			}
		})
	}
}

// copyRun copies the few elements of src.
func copyRun(dst, src []float32) {
	for len(src) >= 16 {
		*(*[16]float32)(dst) = *(*[16]float32)(src)
		dst, src = dst[16:], src[16:]
	}
	copy(dst, src)
}

// strip is what the windows of a run of output positions see of one channel,
// with its padding. A line is stored as its columns 0, stride, 2*stride, …, then
// 1, stride+1, … and so on: the inputs of output positions side by side lie side
// by side.
type strip struct {
	window
	data    []float32
	first   [3]int // output position of the corner
	lines   [2]int // depth and height in input lines
	columns int    // of each phase of a line
	phases  int    // that any tap needs
}

// maxStrip bounds the elements of a strip: far above any real one.
const maxStrip = 1 << 31

// reach is the most elements that a strip of the window may have.
func (w window) reach() float64 {
	n := 1.0
	for i, k := range w.kernel {
		n *= float64(w.out[i]-1)*float64(w.stride[i]) + float64(k-1)*float64(w.dilation[i]) + 1
	}
	return n
}

// newStrip returns the strip for n output positions from one on, in the given
// memory if it suffices.
func newStrip(w window, from, n int, data []float32) strip {
	first, last := split(from, w.out), split(from+n-1, w.out)
	if first[0] != last[0] {
		first[1], last[1] = 0, w.out[1]-1
	}
	first[2] = 0
	s := strip{window: w, first: first}
	for i := range s.lines {
		s.lines[i] = (last[i]-first[i])*w.stride[i] + (w.kernel[i]-1)*w.dilation[i] + 1
	}
	reach := (w.kernel[2] - 1) * w.dilation[2]
	s.columns = w.out[2] + reach/w.stride[2]
	s.phases = min(w.stride[2], reach+1)
	total := s.lines[0] * s.lines[1] * s.phases * s.columns
	if cap(data) < total {
		data = make([]float32, total)
	}
	s.data = data[:total]
	return s
}

// start returns where what the first tap sees at an output position lies.
func (s *strip) start(at [3]int) int {
	d, h := (at[0]-s.first[0])*s.stride[0], (at[1]-s.first[1])*s.stride[1]
	return (d*s.lines[1]+h)*s.phases*s.columns + at[2]
}

// tap returns how far behind the start what a tap sees lies.
func (s *strip) tap(t [3]int) int {
	w := t[2] * s.dilation[2]
	return ((t[0]*s.dilation[0]*s.lines[1]+t[1]*s.dilation[1])*s.phases+w%s.stride[2])*s.columns + w/s.stride[2]
}

// fill takes the elements of one channel.
func (s *strip) fill(x []float32) {
	at := 0
	for d := range s.lines[0] {
		for h := range s.lines[1] {
			z, y := s.first[0]*s.stride[0]-s.pad[0]+d, s.first[1]*s.stride[1]-s.pad[1]+h
			outside := z < 0 || z >= s.in[0] || y < 0 || y >= s.in[1]
			for phase := range s.phases {
				dst := s.data[at:][:s.columns]
				at += s.columns
				if outside {
					clear(dst)
					continue
				}
				s.fillLine(dst, x[(z*s.in[1]+y)*s.in[2]:][:s.in[2]], phase-s.pad[2])
			}
		}
	}
}

// fillLine sets dst to every stride-th element of a line from one on, which may
// lie before it.
func (s *strip) fillLine(dst, line []float32, from int) {
	lo, hi := inside(from, s.stride[2], len(line), len(dst))
	clear(dst[:lo])
	clear(dst[hi:])
	if lo == hi {
		return
	}
	from += lo * s.stride[2]
	if s.stride[2] == 1 {
		copy(dst[lo:hi], line[from:])
		return
	}
	for i := lo; i < hi; i++ {
		dst[i] = line[from]
		from += s.stride[2]
	}
}
