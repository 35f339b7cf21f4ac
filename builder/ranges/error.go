package ranges

import (
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// ValueError says which weight is NaN or infinite.
type ValueError struct {
	File    string // base name of the weight file; empty when unknown
	Tensor  string // name in the file; the operand's name when unknown
	Element int64  // row-major index into the tensor
	Channel int    // output channel the element belongs to
	Value   float32
	Layer   string
	Folded  []string // further tensors that the value was computed with
}

// Error returns one line: file, tensor, element, value, layer.
func (e *ValueError) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File + ": ")
	}
	fmt.Fprintf(&b, "tensor %q: element %d (channel %d) is %v", e.Tensor, e.Element, e.Channel, e.Value)
	if len(e.Folded) > 0 {
		fmt.Fprintf(&b, " once folded with %s", strings.Join(e.Folded, ", "))
	}
	fmt.Fprintf(&b, " (layer %s); no network can run on that, write the file again from the framework", e.Layer)
	return b.String()
}

// FaultKind is BadInput.
func (e *ValueError) FaultKind() fault.Kind { return fault.BadInput }

func valueError(p Place, w *trt.Weights, element int64, channel int, v float32) error {
	e := &ValueError{Tensor: p.Operand, Element: element, Channel: channel, Value: v, Layer: p.Layer}
	for i, o := range w.Origins {
		if i == 0 {
			e.File, e.Tensor = o.File, o.Tensor
		} else {
			e.Folded = append(e.Folded, o.Tensor)
		}
	}
	return e
}
