package precision

// Code names why a layer is not FP16.
type Code string

// The codes, in the order in which a plan lists them.
const (
	WeightOverflow      Code = "W-OVF"
	ActivationOverflow  Code = "A-OVF"
	WeightUnderflow     Code = "W-SUB"
	ActivationUnderflow Code = "A-SUB"
	Coordinate          Code = "COORD"
	ControlFlow         Code = "FLOW"
	Unknown             Code = "UNKNOWN"
	Dimensions          Code = "DIMS"
	User                Code = "USER"
	Cut                 Code = "CUT"
)

var order = [...]Code{WeightOverflow, ActivationOverflow, WeightUnderflow, ActivationUnderflow, Coordinate, ControlFlow, Unknown, Dimensions, User, Cut}

// The limits. Decibels and shares are amplitudes; a clean FP16 layer has about
// 70 dB.
const (
	// largest is the greatest finite float16.
	largest = 65504
	// leastSQNR is how much of a channel's weights must be left, in decibels.
	leastSQNR = 40
	// margin is how far the bound of a tensor stays from largest.
	margin = 2
	// leastRMS is the root mean square below which a channel keeps less than
	// 40 dB: float16 is spaced by 2^-24 there, which makes errors of 1.7e-8.
	leastRMS = 2e-6
	// spacing of float16 below its smallest normal value.
	spacing = 0x1p-24
	// relevant is the share of an output from which an error counts, 48 dB.
	relevant = 0x1p-8
	// drowned is the share of a tensor below which an error disappears in the
	// rounding of the tensor itself, 72 dB.
	drowned = 0x1p-12
)

// Remedy is a way to close a hazard and what became of it.
type Remedy struct {
	Name   string `json:"name"`
	Result string `json:"result"`
}

// remedies are those for a hazard, cheapest first.
func remedies(codes []Code) []Remedy {
	for _, c := range codes {
		if c != Coordinate && c != ControlFlow && c != Unknown && c != Dimensions && c != User && c != Cut {
			return []Remedy{
				{"rescale by powers of two", "not available yet"},
				{"bf16", "not available yet"},
				{"fp32", "chosen"},
			}
		}
	}
	return []Remedy{}
}
