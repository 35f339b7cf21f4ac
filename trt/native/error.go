package native

import (
	"fmt"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// Error is a failure that TensorRT or its shim reported.
type Error struct {
	Kind    fault.Kind
	Network string
	Layer   string   // ours; empty when none can be named
	Op      trt.Kind // of the layer
	Message string   // what was asked and refused
	Native  string   // TensorRT's own words, one record a line; may be empty
	Log     string   // the last lines it logged before; may be empty
	Next    string   // what the person can do now; may be empty
}

// Error prints the layer, what was refused, TensorRT's words, the next step.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Network != "" {
		fmt.Fprintf(&b, "network %s: ", e.Network)
	}
	if e.Layer != "" {
		fmt.Fprintf(&b, "layer %s (%s): ", e.Layer, e.Op)
	}
	b.WriteString(e.Message)
	if e.Native != "" {
		fmt.Fprintf(&b, ": TensorRT says: %s", strings.ReplaceAll(e.Native, "\n", "; "))
	}
	if e.Next != "" {
		fmt.Fprintf(&b, "; %s", e.Next)
	}
	return b.String()
}

// FaultKind returns the kind.
func (e *Error) FaultKind() fault.Kind { return e.Kind }

// culprit returns the layer of n, or of a body in it, that a text of TensorRT's
// names, the longest name if several occur; nil if none does.
func culprit(n *trt.Network, text string) *trt.Layer {
	var found *trt.Layer
	for l := range n.EveryLayer() {
		if (found == nil || len(l.Name) > len(found.Name)) && mentions(text, l.Name) {
			found = l
		}
	}
	return found
}

// mentions reports whether name occurs in text by itself, not as a part of a
// longer name.
func mentions(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(name)
		if (start == 0 || !nameByte(text[start-1])) && (end == len(text) || !nameByte(text[end])) {
			return true
		}
		from = start + 1
	}
}

func nameByte(c byte) bool {
	return c == '_' || c == '/' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
