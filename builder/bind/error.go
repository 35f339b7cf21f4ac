package bind

import (
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Error lists every tensor that keeps a weight file from being the weights of a
// network. Names are the file's, prefix included.
type Error struct {
	File    string
	Network string
	Missing []Missing
	Misfits []Misfit
	Unused  []Unused
}

// Missing is a tensor that the network needs and the file does not have.
type Missing struct {
	Tensor  string
	Want    trt.Dims
	Nearest []string // tensors of the file that nothing else uses
}

// Misfit is a tensor of another size or shape than the network needs.
type Misfit struct {
	Tensor string
	Want   trt.Dims
	Reason string  // why that size, for example "84 outputs of 120 inputs"
	Count  int64   // elements in the file
	Shape  []int64 // shape in the file; nil when unknown
}

// Unused is a tensor that the network has no place for.
type Unused struct {
	Tensor  string
	Count   int64
	Nearest []string // tensors that are missing
}

// Error returns a headline and one line for each tensor.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s does not fit network %s:", e.File, e.Network)
	line := func(s string, nearest []string) {
		b.WriteString("\n  " + s)
		if len(nearest) > 0 {
			b.WriteString("; nearest: " + strings.Join(nearest, ", "))
		}
	}
	for _, m := range e.Missing {
		line(fmt.Sprintf("missing %s, %d elements %v", m.Tensor, m.Want.Count(), m.Want), m.Nearest)
	}
	for _, m := range e.Misfits {
		line(m.String(), nil)
	}
	for _, u := range e.Unused {
		line(fmt.Sprintf("unused %s, %d elements", u.Tensor, u.Count), u.Nearest)
	}
	return b.String()
}

// String names the tensor, what was expected, why, and what was found.
func (m Misfit) String() string {
	reason := ""
	if m.Reason != "" {
		reason = " (" + m.Reason + ")"
	}
	if m.Count == m.Want.Count() {
		return fmt.Sprintf("%s: expected shape %v%s, found %v", m.Tensor, m.Want, reason, trt.Dims(m.Shape))
	}
	return fmt.Sprintf("%s: expected %d elements %v%s, found %d", m.Tensor, m.Want.Count(), m.Want, reason, m.Count)
}

// FaultKind returns fault.BadInput.
func (e *Error) FaultKind() fault.Kind { return fault.BadInput }
