package stats

import (
	"encoding/json"
	"math"
)

// MarshalJSON writes a number, "inf" or "-inf".
func (d Decibels) MarshalJSON() ([]byte, error) {
	switch v := float64(d); {
	case math.IsInf(v, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-inf"`), nil
	default:
		return json.Marshal(v)
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Decibels) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `"inf"`:
		*d = Decibels(math.Inf(1))
		return nil
	case `"-inf"`:
		*d = Decibels(math.Inf(-1))
		return nil
	}
	return json.Unmarshal(b, (*float64)(d))
}
