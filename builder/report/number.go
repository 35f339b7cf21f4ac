package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/weights/stats"
)

// number prints four significant digits, of large numbers six, and an exponent
// where there would be many zeros.
func number[T float32 | float64](v T) string {
	f := float64(v)
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return strings.NewReplacer("+Inf", "∞", "-Inf", "−∞").Replace(strconv.FormatFloat(f, 'g', -1, 64))
	}
	digits := 4
	if math.Abs(f) >= 1e4 {
		digits = 6
	}
	s := strconv.FormatFloat(f, 'g', digits, 64)
	return strings.NewReplacer("e-0", "e−", "e+0", "e", "e+", "e", "-", "−").Replace(s)
}

// integer groups the digits by three.
func integer(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// decibels prints one decimal; infinities are symbols.
func decibels(d stats.Decibels) string {
	switch {
	case math.IsInf(float64(d), 1):
		return "∞"
	case math.IsInf(float64(d), -1):
		return "−∞"
	}
	return strings.Replace(d.String(), "-", "−", 1)
}

// share prints n of all in percent, never 0 % or 100 % of what is neither.
func share(n, all int64) string {
	switch p := 100 * float64(n) / float64(max(all, 1)); {
	case n == 0:
		return "0"
	case n == all:
		return "100 %"
	case p < 0.01:
		return "<0.01 %"
	case p > 99.99:
		return ">99.99 %"
	default:
		return strconv.FormatFloat(p, 'g', 3, 64) + " %"
	}
}

// count says how many of what there are.
func count(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return integer(n) + " " + more
}

// shape prints 64×3×7×7.
func shape(s []int64) string {
	switch {
	case s == nil:
		return "shape not recorded"
	case len(s) == 0:
		return "scalar"
	}
	dims := make([]string, len(s))
	for i, d := range s {
		dims[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(dims, "×")
}
