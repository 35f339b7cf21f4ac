package zoo

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// UnknownError says that no family fits a weight file, and how near the nearest
// are.
type UnknownError struct {
	File      string `json:"file"`
	Tensors   int    `json:"tensors"`
	LooksLike string `json:"looks_like,omitempty"` // a network that is known by name but cannot be built
	Nearest   []Near `json:"nearest"`              // best first, at least one
}

// Near is a family that does not fit, by its best variant, and the first tensor
// that keeps it from fitting.
type Near struct {
	Family   string  `json:"family"`
	Name     string  `json:"name"` // the model library's name of the variant
	Variant  string  `json:"variant"`
	Fit      float64 `json:"fit"` // share of the tensors that fit, 0 to 1
	Tensor   string  `json:"tensor"`
	Problem  Problem `json:"problem"`
	Expected string  `json:"expected,omitempty"`
	Found    string  `json:"found,omitempty"`
	Reason   string  `json:"reason,omitempty"` // what that means, where it is known
}

// Problem is what is wrong with a tensor.
type Problem string

// The problems.
const (
	Absent     Problem = "missing"
	Unexpected Problem = "unexpected"
	WrongCount Problem = "wrong count"
	WrongShape Problem = "wrong shape"
)

// Error names the file, what it looks like, and one line for each near family.
func (e *UnknownError) Error() string {
	var b strings.Builder
	// Only tensors know the file's name.
	fmt.Fprintf(&b, "%s: no network family fits its %d tensors", cmp.Or(e.File, "the file"), e.Tensors)
	if e.LooksLike != "" {
		fmt.Fprintf(&b, "; it looks like %s, which is not supported yet", e.LooksLike)
	}
	for _, n := range e.Nearest {
		b.WriteString("\n  " + n.String())
	}
	return b.String()
}

// String says how much fits, the first tensor that does not, and why.
func (n Near) String() string {
	name := n.Name
	if n.Variant == Custom {
		name = "custom " + name
	}
	s := fmt.Sprintf("nearest %s, %d%% fits: %s is %s", name, int(100*n.Fit), n.Tensor, n.Problem)
	switch n.Problem {
	case Absent:
		s += ", expected " + n.Expected
	case WrongCount, WrongShape:
		s = fmt.Sprintf("nearest %s, %d%% fits: %s has the %s, expected %s, found %s", name, int(100*n.Fit), n.Tensor, n.Problem, n.Expected, n.Found)
	}
	if n.Reason != "" {
		s += ": " + n.Reason
	}
	return s
}

// FaultKind returns fault.Unsupported.
func (e *UnknownError) FaultKind() fault.Kind { return fault.Unsupported }
