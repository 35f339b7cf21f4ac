package diff

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"sort"
	"sync"

	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// pair is a tensor that both files have in one shape.
type pair struct {
	a, b  *weights.Tensor
	at    int // in the report
	parts []part
}

// part is what was found in one chunk of a pair.
type part struct {
	bits                         bool // some differ
	differing, beyond, nonfinite int64
	abs, rel                     float64
	absAt, relAt                 int64
	signal, noise                float64 // sums of squares
}

// compareAll takes the chunks of all pairs on all cores and returns the error
// of the earliest chunk that failed.
func compareAll(ctx context.Context, pairs []*pair, o Options) error {
	starts := make([]int, len(pairs)+1) // number of chunks before each pair
	for i, p := range pairs {
		n := int((p.a.Count + weights.ChunkLen - 1) / weights.ChunkLen)
		p.parts = make([]part, n)
		starts[i+1] = starts[i] + n
	}
	total := starts[len(pairs)]
	var (
		mu    sync.Mutex
		first = total
		fault error
	)
	parallel.Run(0, total, func(next func() (int, bool)) {
		var s scratch
		for i, ok := next(); ok; i, ok = next() {
			at := sort.SearchInts(starts, i+1) - 1
			p := pairs[at]
			chunk := i - starts[at]
			err := ctx.Err()
			if err == nil {
				p.parts[chunk], err = s.compare(p, int64(chunk)*weights.ChunkLen, o)
			}
			if err != nil {
				mu.Lock()
				if i < first {
					first, fault = i, err
				}
				mu.Unlock()
				return
			}
		}
	})
	return fault
}

// scratch is the memory of one worker.
type scratch struct {
	a, b       []float32
	rawA, rawB []byte
	wideA      []float64
	wideB      []float64
}

func (s *scratch) compare(p *pair, from int64, o Options) (part, error) {
	n := int(min(weights.ChunkLen, p.a.Count-from))
	switch {
	case p.a.Type.IsComplex() || p.b.Type.IsComplex():
		return s.compareBytes(p, from, n)
	case isWide(p.a.Type) || isWide(p.b.Type):
		return s.compareWide(p, from, n, o)
	}
	s.a, s.b = sized(s.a, n), sized(s.b, n)
	if err := p.a.ReadFloat32(s.a, from); err != nil {
		return part{}, err
	}
	if err := p.b.ReadFloat32(s.b, from); err != nil {
		return part{}, err
	}
	var q part
	for i, x := range s.a {
		y := s.b[i]
		if math.Float32bits(x) != math.Float32bits(y) {
			q.bits = true
			q.differ(float64(x), float64(y), from+int64(i), o)
		}
		if x-x == 0 {
			q.signal += float64(x) * float64(x)
		}
	}
	return q, nil
}

// isWide reports whether float32 does not hold all values of the type.
func isWide(t dtype.Type) bool {
	switch t {
	case dtype.Float64, dtype.Int32, dtype.Int64, dtype.UInt32, dtype.UInt64:
		return true
	}
	return false
}

func (s *scratch) compareWide(p *pair, from int64, n int, o Options) (part, error) {
	s.wideA, s.wideB = sized(s.wideA, n), sized(s.wideB, n)
	if err := s.wide(p.a, &s.rawA, s.wideA, from); err != nil {
		return part{}, err
	}
	if err := s.wide(p.b, &s.rawB, s.wideB, from); err != nil {
		return part{}, err
	}
	var q part
	q.bits = p.a.Type == p.b.Type && !bytes.Equal(s.rawA, s.rawB)
	signed := p.a.Type == dtype.Int64
	integers := q.bits && (signed || p.a.Type == dtype.UInt64)
	for i, x := range s.wideA {
		y := s.wideB[i]
		if x != y {
			q.bits = q.bits || x == x || y == y
			q.differ(x, y, from+int64(i), o)
		} else if integers {
			if d := s.distance(i, signed); d != 0 {
				q.add(x, d, from+int64(i), o)
			}
		}
		if x-x == 0 {
			q.signal += x * x
		}
	}
	return q, nil
}

// distance is how far two 64-bit integers are apart whose float64 are the same.
func (s *scratch) distance(i int, signed bool) float64 {
	x, y := binary.LittleEndian.Uint64(s.rawA[8*i:]), binary.LittleEndian.Uint64(s.rawB[8*i:])
	if signed {
		return math.Abs(float64(int64(x - y)))
	}
	return float64(max(x, y) - min(x, y))
}

// wide reads values as float64. Of 64-bit integers beyond 2^53 the nearest is
// taken; whether they are equal, raw says.
func (s *scratch) wide(t *weights.Tensor, raw *[]byte, dst []float64, from int64) error {
	if !isWide(t.Type) {
		s.a = sized(s.a, len(dst))
		if err := t.ReadFloat32(s.a, from); err != nil {
			return err
		}
		for i, x := range s.a {
			dst[i] = float64(x)
		}
		return nil
	}
	size := t.Type.Size()
	*raw = sized(*raw, size*len(dst))
	if err := t.ReadRaw(*raw, from); err != nil {
		return err
	}
	for i := range dst {
		b := (*raw)[size*i:]
		switch t.Type {
		case dtype.Float64:
			dst[i] = math.Float64frombits(binary.LittleEndian.Uint64(b))
		case dtype.Int64:
			dst[i] = float64(int64(binary.LittleEndian.Uint64(b)))
		case dtype.UInt64:
			dst[i] = float64(binary.LittleEndian.Uint64(b))
		case dtype.Int32:
			dst[i] = float64(int32(binary.LittleEndian.Uint32(b)))
		default:
			dst[i] = float64(binary.LittleEndian.Uint32(b))
		}
	}
	return nil
}

// compareBytes compares complex elements, of which no error is taken.
func (s *scratch) compareBytes(p *pair, from int64, n int) (part, error) {
	if p.a.Type != p.b.Type {
		return part{bits: true, differing: int64(n), beyond: int64(n)}, nil
	}
	size := p.a.Type.Size()
	s.rawA, s.rawB = sized(s.rawA, size*n), sized(s.rawB, size*n)
	if err := p.a.ReadRaw(s.rawA, from); err != nil {
		return part{}, err
	}
	if err := p.b.ReadRaw(s.rawB, from); err != nil {
		return part{}, err
	}
	var q part
	for i := 0; i < len(s.rawA); i += size {
		if !bytes.Equal(s.rawA[i:i+size], s.rawB[i:i+size]) {
			q.bits = true
			q.differing++
			q.beyond++
		}
	}
	return q, nil
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, max(n, weights.ChunkLen))
	}
	return s[:n]
}

// differ takes in a pair of values whose bits differ.
func (q *part) differ(x, y float64, at int64, o Options) {
	if x == y || x != x && y != y {
		return // zeros of two signs, NaN of two payloads
	}
	d := math.Abs(y - x)
	if !(d <= math.MaxFloat64) {
		q.differing++
		q.nonfinite++
		q.beyond++
		return
	}
	q.add(x, d, at, o)
}

// add takes in that a value is d away from x.
func (q *part) add(x, d float64, at int64, o Options) {
	q.differing++
	q.noise += d * d
	if d > q.abs {
		q.abs, q.absAt = d, at
	}
	if x != 0 {
		if rel := min(d/math.Abs(x), math.MaxFloat64); rel > q.rel {
			q.rel, q.relAt = rel, at
		}
	}
	if d > o.Atol+o.Rtol*math.Abs(x) {
		q.beyond++
	}
}

// errors merges the parts in file order, so that sums are reproducible.
func (p *pair) errors() *Errors {
	e := &Errors{Bitwise: true}
	var signal, noise float64
	absAt, relAt := int64(-1), int64(-1)
	for _, q := range p.parts {
		e.Bitwise = e.Bitwise && !q.bits
		e.Differing += q.differing
		e.Beyond += q.beyond
		e.Nonfinite += q.nonfinite
		if q.abs > e.MaxAbs {
			e.MaxAbs, absAt = q.abs, q.absAt
		}
		if q.rel > e.MaxRel {
			e.MaxRel, relAt = q.rel, q.relAt
		}
		signal += q.signal
		noise += q.noise
	}
	shape := p.a.Shape
	if shape == nil {
		shape = p.b.Shape
	}
	e.MaxAbsAt, e.MaxRelAt = index(absAt, shape), index(relAt, shape)
	switch {
	case e.Nonfinite > 0 || math.IsInf(noise, 1) || p.a.Type.IsComplex() && !e.Bitwise:
		e.SQNR = stats.Decibels(math.Inf(-1))
	case noise == 0:
		e.SQNR = stats.Decibels(math.Inf(1))
	default:
		e.SQNR = stats.Decibels(10 * math.Log10(signal/noise))
	}
	return e
}

// index returns the index by axis of a position, nil for none.
func index(at int64, shape []int64) []int64 {
	if at < 0 {
		return nil
	}
	if len(shape) == 0 {
		return []int64{at}
	}
	all := make([]int64, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		all[i] = at % shape[i]
		at /= shape[i]
	}
	return all
}
