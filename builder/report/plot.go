package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/weights/stats"
)

// The exponents where FP16 changes: values below 2^flushed become zero but for
// rounding, those below 2^normal keep fewer bits, and 2^overflowing is the first
// power of two beyond the largest value, 65504.
const (
	flushed     = -24
	normal      = -14
	overflowing = 16
)

// The axis of exponents that every tensor is shown on, so that tensors compare
// at a glance; what lies beyond is drawn at its ends in the rows' small plots,
// while the large plots stretch.
const (
	axisFrom = -40
	axisTo   = 20
)

// Sizes in the units of the plots' view boxes.
const (
	plotWidth  = 600
	plotHeight = 120
	miniHeight = 20
	miniStep   = 2 // an exponent's
)

// bars draws the counts as vertical strokes, step apart, from y = 0 up to height
// (the style sheet turns the plot over, which spares the page bytes); one subpath
// for each bin that is not empty. Each of these is at least one unit high.
func bars(counts []int64, step float64, height int64) string {
	highest := slices.Max(append([]int64{1}, counts...))
	var b strings.Builder
	for i, n := range counts {
		if n == 0 {
			continue
		}
		h := max(1, int64(math.Round(float64(n)/float64(highest)*float64(height))))
		b.WriteString("M" + coordinate((float64(i)+0.5)*step) + " 0v" + strconv.FormatInt(h, 10))
	}
	return b.String()
}

func coordinate(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
}

// onAxis spreads the bins of a log2 histogram over the exponents from up to
// before to; those beyond go into the first and the last.
func onAxis(h *stats.Histogram, from, to int) []int64 {
	counts := make([]int64, to-from)
	for i, n := range h.Log2 {
		k := min(max(h.Log2From+i, from), to-1)
		counts[k-from] += n
	}
	return counts
}

// scale places exponents on a plot's width.
type scale struct {
	from, to int
	width    float64
}

func (s scale) x(exponent float64) float64 {
	x := (exponent - float64(s.from)) / float64(s.to-s.from) * s.width
	return min(max(x, 0), s.width)
}

// smallAxis is that of the rows' plots.
func smallAxis() scale { return scale{axisFrom, axisTo, (axisTo - axisFrom) * miniStep} }

// largeAxis is that of the large plots.
func largeAxis() scale { return scale{axisFrom, axisTo, plotWidth} }

// stretched is largeAxis with room for every bin.
func stretched(h *stats.Histogram) scale {
	return scale{min(axisFrom, h.Log2From), max(axisTo, h.Log2From+len(h.Log2)), plotWidth}
}

// zone is a stretch of the axis that FP16 treats alike.
type zone struct{ Class, X, Width string }

// Zones returns where FP16 flushes, keeps fewer bits, and overflows.
func (s scale) Zones() []zone {
	zones := []zone{}
	for _, z := range []struct {
		class    string
		from, to int
	}{{"zf", s.from, flushed}, {"zs", flushed, normal}, {"zo", overflowing, s.to}} {
		from, to := s.x(float64(z.from)), s.x(float64(z.to))
		zones = append(zones, zone{z.class, coordinate(from), coordinate(to - from)})
	}
	return zones
}

// label is a text at a place.
type label struct{ X, Text string }

// Limits returns the names of FP16's limits.
func (s scale) Limits() []label {
	at := func(exponent int) string { return coordinate(s.x(float64(exponent))) }
	return []label{{at(flushed), "2⁻²⁴"}, {at(normal), "2⁻¹⁴"}, {at(overflowing), "65504"}}
}

// Ticks returns the powers of two below the axis.
func (s scale) Ticks() []label {
	step := 10
	for (s.to-s.from)/step > 8 {
		step *= 2
	}
	var ticks []label
	for k := (s.from/step)*step + step; k < s.to; k += step {
		ticks = append(ticks, label{coordinate(s.x(float64(k))), "2" + superscript(k)})
	}
	return ticks
}

// superscript writes an exponent.
func superscript(k int) string {
	return strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
		"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(strconv.Itoa(k))
}

// segment draws one horizontal stroke from the smallest to the largest magnitude;
// at least two units long, so that it is seen.
func (s scale) segment(least, most float32) string {
	from, to := s.x(math.Log2(float64(least))), s.x(math.Log2(float64(most)))
	from, to = min(from, s.width-2), max(to, from+2)
	return "M" + coordinate(from) + " " + strconv.Itoa(miniHeight/2) + "H" + coordinate(to)
}

// list joins counts for the script that tells them.
func list(counts []int64) string {
	s := make([]string, len(counts))
	for i, n := range counts {
		if n != 0 {
			s[i] = strconv.FormatInt(n, 10)
		}
	}
	return strings.Join(s, ",")
}
