package trt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// maxName is the longest name TensorRT takes, in characters.
const maxName = 4095

// Network is a recorded network: inputs, layers in the order they were added,
// outputs. It is not safe for concurrent recording; once recorded it is
// immutable by convention and may be shared.
type Network struct {
	name    string
	target  Target
	inputs  []*Tensor
	layers  []*Layer
	outputs []*Tensor
	tensors map[string]*Tensor
	names   map[string]*Layer
	err     error
	symbols symbol // the last one given

	materialized bool
	unfinished   bool // a body whose layers are to be recorded anew
	declared     bool // read, so what its layers have as outputs is to be checked
}

// Tensor is an input of the network or an output of a layer. Its fields are
// read-only but for Moments and Tolerance, which whoever records the tensor may
// set.
type Tensor struct {
	Name string
	Type dtype.Type
	Dims Dims
	// Values is what is known of the elements, see Info.
	Values []Element
	// Moments is what is known of the values' distribution without running
	// the network; nil when nothing is.
	Moments *Moments
	// Tolerance is how far values may be off, in their own unit (pixels, for the
	// corners of boxes): for values on an absolute scale, where large ones must
	// be as exact as small ones. 0 asks for nothing.
	Tolerance float64

	network  *Network
	producer *Layer
	symbols  symbols
}

// Producer returns the layer that makes t, nil for a network input.
func (t *Tensor) Producer() *Layer { return t.producer }

const quantizedConstant = "is a constant of a quantized type, which only a dequantization reads"

// isQuantizedConstant reports whether t is what only a Dequantize may read;
// TensorRT says so at build.
func (t *Tensor) isQuantizedConstant() bool {
	return isConstant(t) && quantized&(1<<t.Type) != 0
}

// Info returns what inference knows of t.
func (t *Tensor) Info() Info { return Info{Type: t.Type, Dims: t.Dims, Values: t.Values} }

// Moments are per-channel (axis 1) statistics of a tensor, as BatchNorm's
// running statistics imply them.
type Moments struct {
	Mean []float64
	Std  []float64 // never negative
}

// Layer is one recorded op with its tensors.
type Layer struct {
	Name    string
	Op      Op
	Inputs  []*Tensor
	Outputs []*Tensor
}

// NewNetwork starts an empty network. The name is stored in the engine; equal
// networks of equal names give equal engines.
func NewNetwork(name string, target Target) *Network {
	n := &Network{name: name, tensors: map[string]*Tensor{}, names: map[string]*Layer{}}
	resolved, err := target.Resolve()
	n.target = resolved
	n.err = err
	if msg := badName(name); n.err == nil && msg != "" {
		n.err = &Error{Operand: "network name", Msg: msg, Found: fmt.Sprintf("%q", name)}
	}
	return n
}

// Name returns the name given to NewNetwork.
func (n *Network) Name() string { return n.name }

// Target returns the resolved target.
func (n *Network) Target() Target { return n.target }

// Inputs returns the inputs in the order they were added.
func (n *Network) Inputs() []*Tensor { return n.inputs }

// Layers returns the layers in the order they were added, which is a
// topological order.
func (n *Network) Layers() []*Layer { return n.layers }

// Outputs returns the outputs in the order they were marked.
func (n *Network) Outputs() []*Tensor { return n.outputs }

// Layer returns a layer by name; a layer in a body is found by LAYER/ROLE/NAME,
// and one that only TensorRT makes of it by LAYER.PART,
// as the one that it is of.
func (n *Network) Layer(name string) (*Layer, bool) {
	l, ok := n.names[name]
	return l, ok
}

// Tensor returns an input or layer output by name.
func (n *Network) Tensor(name string) (*Tensor, bool) {
	t, ok := n.tensors[name]
	return t, ok
}

// Err returns the first error of recording.
func (n *Network) Err() error { return n.err }

// Validate returns the first error of recording, or what is wrong with the
// network as a whole: TensorRT wants at least one output.
func (n *Network) Validate() error {
	if n.err != nil {
		return n.err
	}
	if len(n.outputs) == 0 {
		return &Error{Network: n.name, Msg: "has no output; TensorRT needs at least one"}
	}
	return n.checkCaches()
}

// Fail records the error of who composes layers, unless there is one already,
// and returns a tensor to go on with.
func (n *Network) Fail(e *Error) *Tensor {
	n.fail(e)
	return n.dead()
}

func (n *Network) fail(e *Error) {
	if n.err == nil {
		e.Network = n.name
		n.err = e
	}
}

// dead is returned after an error, so that recording code can run on without
// checking each step.
func (n *Network) dead() *Tensor { return &Tensor{network: n} }

// AddInput adds a network input. An extent of Dynamic needs an optimization
// profile at build time.
func (n *Network) AddInput(name string, t dtype.Type, dims Dims) *Tensor {
	x := Info{Type: t, Dims: dims}
	if integers&(1<<t) != 0 && dims.IsStatic() {
		x.Values = unknown(x)
	}
	return n.input(name, x)
}

// input adds an input of which something is known.
func (n *Network) input(name string, info Info) *Tensor {
	if n.err != nil {
		return n.dead()
	}
	x := &Tensor{Name: name, Type: info.Type, Dims: info.Dims.Clone(), Values: info.Values, network: n}
	err := checkInput(x)
	if err == nil {
		err = n.checkTensor(name, x.Info())
	}
	if err != nil {
		err.Layer, err.Op = name, KindInput
		n.fail(err)
		return n.dead()
	}
	x.symbols = symbols{make([]symbol, len(x.Dims)), make([]symbol, len(x.Values))}
	n.give(x.Info(), &x.symbols)
	n.tensors[name] = x
	n.inputs = append(n.inputs, x)
	return x
}

// deadOutputs are of a layer that is not recorded, as many as it would have.
func (n *Network) deadOutputs(op Op) []*Tensor {
	count := 1
	if op, ok := op.(counter); ok {
		count = max(count, op.outputCount())
	}
	out := make([]*Tensor, count)
	for i := range out {
		out[i] = n.dead()
	}
	return out
}

// Add records a layer and returns its outputs, of which only an
// Assertion has none.
// The first output is named like the layer, further ones NAME:1, NAME:2.
// The AddX methods are this with one output and named inputs.
func (n *Network) Add(name string, op Op, in ...*Tensor) []*Tensor {
	for i, t := range in {
		if t == nil || t.network != n {
			panic(fmt.Sprintf("trt: layer %q: input %d is not a tensor of network %q", name, i, n.name))
		}
	}
	if n.err != nil {
		return n.deadOutputs(op)
	}
	l := &Layer{Name: name, Op: op, Inputs: slices.Clone(in)}
	if err := n.record(l); err != nil {
		err.Layer, err.Op = name, op.Kind()
		n.fail(err)
		return n.deadOutputs(op)
	}
	return slices.Clone(l.Outputs)
}

func (n *Network) add(name string, op Op, in ...*Tensor) *Tensor { return n.Add(name, op, in...)[0] }

// addTwo is add for ops of two outputs.
func (n *Network) addTwo(name string, op Op, in ...*Tensor) (first, second *Tensor) {
	out := n.Add(name, op, in...)
	return out[0], out[1]
}

func (n *Network) record(l *Layer) *Error {
	if msg := badName(l.Name); msg != "" {
		return &Error{Operand: "layer name", Msg: msg, Found: fmt.Sprintf("%q", l.Name)}
	}
	operands := l.Op.Operands(len(l.Inputs))
	if operands == nil {
		return &Error{Msg: fmt.Sprintf("does not take %d inputs", len(l.Inputs))}
	}
	for _, w := range l.Op.Weights() {
		if err := checkWeights(w); err != nil {
			return err
		}
	}
	in := make([]Info, len(l.Inputs))
	for i, t := range l.Inputs {
		if in[i] = t.Info(); t.isQuantizedConstant() && l.Op.Kind() != KindDequantize {
			return &Error{Operand: operands[i], Msg: quantizedConstant, Found: t.Name}
		}
	}
	l.Op = withDefaults(l.Op, in)
	if err := n.enter(l, in); err != nil {
		return err
	}
	names := takenBy(l.Name, l.Op)
	for _, name := range names {
		if _, taken := n.names[name]; taken {
			return &Error{Operand: "layer name", Msg: "is already in use", Found: name}
		}
	}
	out, err := infer(l.Op, in, n.target)
	if err != nil {
		return asError(err)
	}
	if op, ok := l.Op.(rigid); ok {
		if err := op.checkRecorded(in, n.target); err != nil {
			return asError(err)
		}
	}
	if op, ok := l.Op.(producerChecker); ok {
		if err := op.checkProducers(l.Inputs); err != nil {
			return err
		}
	}
	found := n.follow(l, out)
	for i, o := range out {
		t := &Tensor{Name: outputName(l.Name, i), Type: o.Type, Dims: o.Dims.Clone(), Values: o.Values, network: n, producer: l, symbols: found[i]}
		if err := n.checkTensor(t.Name, o); err != nil {
			return err
		}
		l.Outputs = append(l.Outputs, t)
	}
	for _, t := range l.Outputs {
		n.tensors[t.Name] = t
	}
	for _, name := range names {
		n.names[name] = l
	}
	n.layers = append(n.layers, l)
	return nil
}

// enter finishes the bodies of a layer.
func (n *Network) enter(l *Layer, in []Info) *Error {
	op, ok := l.Op.(nested)
	if !ok {
		return nil
	}
	if nesting(op) > maxNesting {
		return &Error{Msg: fmt.Sprintf("has more than %d bodies that lie in each other", maxNesting)}
	}
	l.Op = finished(op, in, n.target)
	return nil
}

func outputName(layer string, i int) string {
	if i == 0 {
		return layer
	}
	return fmt.Sprintf("%s:%d", layer, i)
}

// MarkOutput makes t an output of the network and gives it a name.
func (n *Network) MarkOutput(t *Tensor, name string) {
	if t == nil || t.network != n {
		panic(fmt.Sprintf("trt: output %q is not a tensor of network %q", name, n.name))
	}
	if n.err != nil {
		return
	}
	fail := func(msg string) { n.fail(&Error{Operand: "output " + name, Msg: msg}) }
	if t.isQuantizedConstant() {
		n.fail(&Error{Layer: t.producer.Name, Op: KindConstant, Operand: "output " + name, Msg: quantizedConstant})
		return
	}
	if t.producer == nil {
		fail("is a network input; TensorRT refuses that, put an identity between")
		return
	}
	for _, o := range n.outputs {
		if o == t {
			fail("is marked already, as " + o.Name)
			return
		}
	}
	if t.Name != name {
		if err := n.checkTensorName(name); err != nil {
			n.fail(err)
			return
		}
		delete(n.tensors, t.Name)
		t.Name = name
		n.tensors[name] = t
	}
	n.outputs = append(n.outputs, t)
}

// checkTensor refuses what no tensor of the network can be. That a GPU lacks
// bfloat16 TensorRT finds out only at build.
func (n *Network) checkTensor(name string, x Info) *Error {
	if len(x.Dims) > MaxDims {
		return &Error{Operand: "tensor " + name, Msg: "has too many dimensions", Expected: fmt.Sprintf("at most %d", MaxDims), Found: x.Dims.String()}
	}
	if x.Dims.Count() < 0 && x.Dims.IsStatic() || slices.ContainsFunc(x.Dims, func(e int64) bool { return e > maxExtent }) {
		return &Error{Operand: "tensor " + name, Msg: "is too large", Expected: fmt.Sprintf("extents of at most %d, and as many elements as 63 bits count", maxExtent), Found: x.Dims.String()}
	}
	if x.Type == dtype.BFloat16 && !n.target.SupportsBF16() {
		return &Error{Operand: "tensor " + name, Msg: "is bfloat16, which needs compute capability 8.0 or later", Found: fmt.Sprint(n.target.ComputeCapabilities)}
	}
	if x.Type == dtype.Float8E4M3FN && !n.target.SupportsFP8() {
		return &Error{Operand: "tensor " + name, Msg: "is float8, which needs compute capability 8.9 or later", Found: fmt.Sprint(n.target.ComputeCapabilities)}
	}
	if x.Type == dtype.Int4 && !n.target.SupportsInt4() {
		return &Error{Operand: "tensor " + name, Msg: "is int4, which needs compute capability 8.0 or later", Found: fmt.Sprint(n.target.ComputeCapabilities)}
	}
	if x.Type == dtype.Float4E2M1FN && !n.target.SupportsFP4() {
		return &Error{Operand: "tensor " + name, Msg: "is float4, which needs compute capability 10.0 or later", Found: fmt.Sprint(n.target.ComputeCapabilities)}
	}
	return n.checkTensorName(name)
}

func (n *Network) checkTensorName(name string) *Error {
	if msg := badName(name); msg != "" {
		return &Error{Operand: "tensor name", Msg: msg, Found: fmt.Sprintf("%q", name)}
	}
	if _, taken := n.tensors[name]; taken {
		return &Error{Operand: "tensor name", Msg: "is already in use", Found: name}
	}
	return nil
}

// badName returns what is wrong with a name. TensorRT takes more, but stores
// names unescaped in the text of the plan, turns quotes into underscores and
// keeps the old name, with a log line only, when one is too long.
func badName(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > maxName:
		return fmt.Sprintf("is longer than %d characters", maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\'' || r == '\\' }):
		return "must be printable ASCII without quotes or backslashes"
	}
	return ""
}
