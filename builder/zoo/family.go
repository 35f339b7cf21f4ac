package zoo

import (
	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// families is the closed table, in the order they are tried.
func families() []family {
	return []family{resNet{}, leNet{}, yoloV8, yoloV5}
}

// family recognises layouts of one architecture.
type family interface {
	name() string
	// variants lists the models of the published layouts.
	variants() []string
	// published returns the layout of one of them, for a number of classes;
	// 0 means the published number.
	published(model string, classes int64) layout
	// derive reads the layout from names and counts; nil when a tensor that it
	// follows from is missing or contradicts another. The caller checks the
	// rest against the layout's tensors.
	derive(v *bind.View) layout
	// classes reads the number of classes by itself, 0 when it cannot.
	classes(v *bind.View) int64
	// explain puts the first tensor that does not fit into words a person can
	// act on; it may return "".
	explain(v *bind.View, n Near) string
}

// layout is one concrete network of a family.
type layout interface {
	// variant returns the published name inside the family, or Custom.
	variant() string
	// model returns the name that the model library has for the variant, or the
	// family's for a custom one.
	model() string
	// describe says what was recognised.
	describe() description
	// tensors lists every tensor of a checkpoint, in the framework's order.
	tensors() []checkpoint.Tensor
	// input returns the network's input under the options, which it checks.
	input(o Options) (Input, error)
	// record adds the network behind its input and marks the outputs.
	record(b *bind.Binder, x *trt.Tensor, in Input, o Options)
}

// adaptable is implemented by layouts whose checkpoints are free in some
// choices. like returns the layout with the choices that a file has made.
type adaptable interface {
	like(v *bind.View) layout
}

// maxWidth bounds the channel and class counts that are read from a file, so
// that products of them do not overflow. ImageNet-21k has 21843 classes.
const maxWidth = 1 << 20

// classCount returns the length of the first of the biases that v has, 0 for
// none and for one that no classifier can have.
func classCount(v *bind.View, biases ...string) int64 {
	for _, name := range biases {
		if n := v.Count(name); n > 0 && n <= maxWidth {
			return n
		}
	}
	return 0
}

// Custom is the variant of a network that fits a family by its rules but has no
// published size.
const Custom = "custom"

// description is what a layout says of itself.
type description struct {
	task     Task
	classes  int64
	evidence []string
	notes    []string
	eps      string // of BatchNorm and why, where no file says; empty: there is none
}
