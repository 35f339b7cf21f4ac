package transform

import "github.com/trtbuild/trtbuild/trt"

// scaled is a recipe: the elements of base, each times the factor of its
// output channel. The product is taken in float64 and rounded once.
type scaled struct {
	base   trt.Values
	factor []float64 // by output channel
	// A kernel is a sequence of runs of inner elements with one output channel
	// each. The channels of consecutive runs count up to perGroup and start
	// again, and after groupRuns runs the next group's channels follow.
	inner, perGroup, groupRuns int64
}

// ReadFloat32 reads base into dst and scales it there while it is in cache.
func (s *scaled) ReadFloat32(dst []float32, from int64) error {
	if err := s.base.ReadFloat32(dst, from); err != nil {
		return err
	}
	for len(dst) > 0 {
		run := from / s.inner
		n := min(s.inner-from%s.inner, int64(len(dst)))
		f := s.factor[run/s.groupRuns*s.perGroup+run%s.perGroup]
		for i, v := range dst[:n] {
			dst[i] = float32(float64(v) * f)
		}
		dst, from = dst[n:], from+n
	}
	return nil
}
