package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/trtbuild/trtbuild/weights/stats"
)

const (
	barHeight  = 8  // lines of the linear histogram
	barColumns = 40 // at most, of the bars of the other
)

// Blocks filled by eighths, from empty.
var (
	upward    = []rune(" ▁▂▃▄▅▆▇█")
	rightward = []rune(" ▏▎▍▌▋▊▉█")
)

// writeLinear draws the linear histogram of magnitudes upright, a column for
// each bin, or for 2, 4 or 5 of them where the terminal is narrow.
func writeLinear(w io.Writer, t *stats.Tensor, width int) error {
	per := 5
	for _, p := range []int{1, 2, 4} {
		if stats.LinearBins/p <= width-12 {
			per = p
			break
		}
	}
	var most int64
	columns := make([]int64, stats.LinearBins/per)
	for i, n := range t.Histogram.Linear {
		columns[i/per] += n
		most = max(most, columns[i/per])
	}
	fmt.Fprintf(w, "\nmagnitudes, %d bins of %.4g:\n", len(columns), float64(t.AbsMax)*float64(per)/stats.LinearBins)
	for line := barHeight - 1; line >= 0; line-- {
		label := ""
		switch line {
		case barHeight - 1:
			label = fmt.Sprint(most)
		case 0:
			label = "0"
		}
		var bars strings.Builder
		for _, n := range columns {
			bars.WriteRune(upward[eighths(n, most, barHeight, line)])
		}
		fmt.Fprintf(w, "%9s │%s\n", label, strings.TrimRight(bars.String(), " "))
	}
	right := fmt.Sprintf("%.4g", t.AbsMax)
	_, err := fmt.Fprintf(w, "%9s └%s\n%9s  0%*s\n", "", strings.Repeat("─", len(columns)), "", len(columns)-1, right)
	return err
}

// eighths returns how full, in eighths, the cell at an index from the start is
// of a bar of n of most, most being cells long. What is not zero shows.
func eighths(n, most int64, cells, cell int) int {
	if n == 0 || most == 0 {
		return 0
	}
	full := max(1, int(float64(n)/float64(most)*float64(8*cells)+0.5))
	return min(max(full-8*cell, 0), 8)
}

// fp16Limits are drawn between the powers of two that they lie at.
var fp16Limits = []struct {
	exponent int // the limit is at the lower border of this power
	text     string
}{
	{16, "65504, the largest FP16"},
	{-14, "2^-14, the smallest normal FP16"},
	{-24, "2^-24, the smallest FP16"},
}

// writeLog2 draws the histogram by powers of two, the largest on top, with the
// limits of FP16.
func writeLog2(w io.Writer, t *stats.Tensor, width int) error {
	h := &t.Histogram
	var most int64
	for _, n := range h.Log2 {
		most = max(most, n)
	}
	fmt.Fprintf(w, "\nmagnitudes by powers of two:\n")
	from, to := h.Log2From, h.Log2From+len(h.Log2)-1
	cells := max(10, min(barColumns, width-30))
	limits := fp16Limits
	for e := to; e >= from || len(limits) > 0; e-- {
		// A limit above the power is drawn before it.
		for len(limits) > 0 && (limits[0].exponent > e || e < from) {
			fmt.Fprintf(w, "%s %s\n", strings.Repeat("─", 8), limits[0].text)
			limits = limits[1:]
		}
		if e < from {
			break
		}
		n := h.Log2[e-from]
		if n == 0 && h.Log2[e+1-from] == 0 {
			continue
		}
		if n == 0 && h.Log2[e-1-from] == 0 { // one line stands for all empty ones
			fmt.Fprintf(w, "%7s │\n", "⋮")
			continue
		}
		var bar strings.Builder
		for cell := range cells {
			bar.WriteRune(rightward[eighths(n, most, cells, cell)])
		}
		fmt.Fprintf(w, "%7s │%s %d\n", fmt.Sprintf("2^%d", e), strings.TrimRight(bar.String(), " "), n)
	}
	if t.Zeros > 0 {
		fmt.Fprintf(w, "%7s   %d\n", "zero", t.Zeros)
	}
	return nil
}
