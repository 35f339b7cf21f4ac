package stats

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// Decibels is a ratio of signal to rounding noise (SQNR): +Inf where nothing is
// lost, -Inf where a value overflows. JSON has numbers, to a thousandth, "inf"
// and "-inf".
type Decibels float64

// String returns one decimal, "inf" or "-inf".
func (d Decibels) String() string { return d.Text(1) }

// Text returns the number to that many decimals, "inf" or "-inf".
func (d Decibels) Text(decimals int) string {
	switch {
	case math.IsInf(float64(d), 1):
		return "inf"
	case math.IsInf(float64(d), -1):
		return "-inf"
	}
	scale := math.Pow10(decimals)
	return strconv.FormatFloat(math.Round(float64(d)*scale)/scale+0, 'f', decimals, 64) // no minus before a zero
}

// MarshalJSON writes a number, or a string where JSON has no number.
func (d Decibels) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(d), 0) {
		return strconv.AppendQuote(nil, d.String()), nil
	}
	// No minus before a zero that rounding makes.
	return strconv.AppendFloat(nil, math.Round(float64(d)*1000)/1000+0, 'f', -1, 64), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Decibels) UnmarshalJSON(b []byte) error {
	if string(b) == `"inf"` || string(b) == `"-inf"` {
		b = bytes.Trim(b, `"`)
	}
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("decibels: %q is no number, \"inf\" or \"-inf\"", b)
	}
	*d = Decibels(v)
	return nil
}
