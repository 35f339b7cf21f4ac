package refexec

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/gemm"
	"github.com/trtbuild/trtbuild/internal/parallel"
	"github.com/trtbuild/trtbuild/trt"
)

// Options of Run. The zero value is float32 sums on all cores.
type Options struct {
	// Float64 sums the products of convolutions and matrix multiplications in
	// float64. Tensors keep their types.
	Float64 bool
	// Workers is the number of goroutines; 0 means one for each core.
	Workers int
	// Tap, when set, is called with every tensor, inputs included, in the
	// order of computation and from the calling goroutine. The name is the
	// tensor's own, and LAYER/ROLE/NAME of one inside of a body, whose tensors
	// come before the outputs of its layer: those of the branch taken, and those
	// of a loop anew in each iteration, also in the last one, which finds the
	// condition false. The value must not be changed; keeping it keeps its
	// memory.
	Tap func(name string, t *trt.Tensor, v *trt.Value)
	// Timed, when set, is called with every layer and the time it took, in the
	// order of computation and from the calling goroutine. Layers inside of
	// bodies are part of the time of the layer around them.
	Timed func(l *trt.Layer, took time.Duration)
}

// Run computes the outputs of n, by name, from its inputs, by name. It returns
// the error of recording n, an *Error for inputs that do not fit and for layers
// that cannot be computed, or the context's error when it ends first, which is
// looked at within layers too.
func Run(ctx context.Context, n *trt.Network, in map[string]*trt.Value, o Options) (map[string]*trt.Value, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	r := &runner{ctx: ctx, target: n.Target(), workers: parallel.Workers(o.Workers), options: o}
	if err := checkInputs(n, in); err != nil {
		return nil, err
	}
	inputs := make([]*trt.Value, len(n.Inputs()))
	for i, x := range n.Inputs() {
		v := *in[x.Name]
		r.round(&v)
		inputs[i] = &v
	}
	outputs, err := r.network(n, inputs, "")
	if err != nil {
		return nil, err
	}
	out := make(map[string]*trt.Value, len(outputs))
	for i, t := range n.Outputs() {
		out[t.Name] = outputs[i]
	}
	return out, nil
}

// network computes the outputs of n in order; scope, of a body, is LAYER/ROLE/.
// Buffers are shared between the tensors of the outermost network, unless taps
// may keep them.
func (r *runner) network(n *trt.Network, in []*trt.Value, scope string) ([]*trt.Value, error) {
	m := &memory{live: make(map[*trt.Tensor]*trt.Value)}
	outer, layer, around := r.memory, r.name, r.scope
	defer func() { r.memory, r.name, r.scope = outer, layer, around }()
	r.memory, r.scope = nil, scope
	if scope == "" && r.options.Tap == nil {
		r.memory = m
	}
	uses := countUses(n)
	have := func(t *trt.Tensor, v *trt.Value) {
		if r.options.Tap != nil {
			r.options.Tap(scope+t.Name, t, v)
		}
		if uses[t] > 0 {
			m.live[t] = v
		}
	}
	for i, x := range n.Inputs() {
		have(x, in[i])
	}
	for _, l := range n.Layers() {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		operands := make([]*trt.Value, len(l.Inputs))
		for i, t := range l.Inputs {
			operands[i] = m.live[t]
			uses[t]--
		}
		m.last = m.last[:0]
		for i, t := range l.Inputs {
			if uses[t] == 0 {
				m.last = append(m.last, operands[i])
			}
		}
		start := time.Now()
		out, err := r.layer(l, operands)
		if err != nil {
			return nil, err
		}
		if r.options.Timed != nil && scope == "" {
			r.options.Timed(l, time.Since(start))
		}
		for i, t := range l.Outputs {
			have(t, out[i])
		}
		for _, t := range l.Inputs {
			if uses[t] == 0 {
				delete(m.live, t)
			}
		}
		m.sweep()
	}
	out := make([]*trt.Value, len(n.Outputs()))
	for i, t := range n.Outputs() {
		out[i] = m.own(m.live[t])
	}
	return out, nil
}

// countUses counts the readers of each tensor; being an output is one.
func countUses(n *trt.Network) map[*trt.Tensor]int {
	uses := map[*trt.Tensor]int{}
	for _, l := range n.Layers() {
		for _, t := range l.Inputs {
			uses[t]++
		}
	}
	for _, t := range n.Outputs() {
		uses[t]++
	}
	return uses
}

func checkInputs(n *trt.Network, in map[string]*trt.Value) error {
	for _, x := range n.Inputs() {
		bad := &Error{Kind: fault.BadInput, Tensor: x.Name}
		v := in[x.Name]
		if v == nil {
			bad.Msg = "is missing"
			return bad
		}
		if v.Type != x.Type {
			bad.Msg, bad.Expected, bad.Found = "has the wrong type", x.Type.String(), v.Type.String()
			return bad
		}
		fits := len(v.Dims) == len(x.Dims)
		for i := 0; fits && i < len(x.Dims); i++ {
			fits = v.Dims[i] == x.Dims[i] || x.Dims[i] == trt.Dynamic && v.Dims[i] > 0
		}
		if !fits {
			bad.Msg, bad.Expected, bad.Found = "has the wrong dimensions", x.Dims.String(), v.Dims.String()
			return bad
		}
		if have := int64(elements(v)); have != v.Dims.Count() {
			bad.Msg, bad.Expected, bad.Found = "has the wrong number of elements", fmt.Sprint(v.Dims.Count()), fmt.Sprint(have)
			return bad
		}
		if v.Type.IsFloat() {
			continue
		}
		lo, hi := bounds(v.Type)
		if i := slices.IndexFunc(v.Ints, func(e int64) bool { return e < lo || e > hi }); i >= 0 {
			bad.Msg, bad.Expected, bad.Found = fmt.Sprintf("element %d is no %s", i, v.Type), fmt.Sprintf("%d to %d", lo, hi), fmt.Sprint(v.Ints[i])
			return bad
		}
	}
	for name := range in {
		if t, ok := n.Tensor(name); !ok || t.Producer() != nil {
			return &Error{Kind: fault.BadInput, Tensor: name, Msg: "is no input of network " + n.Name()}
		}
	}
	return nil
}

// maxElements of a tensor: far above any real one, far below what overflows.
const maxElements = 1 << 40

// runner carries what every op needs.
type runner struct {
	ctx     context.Context
	target  trt.Target
	workers int
	options Options

	scope  string  // of the body under way, LAYER/ROLE/; empty in the outermost network
	memory *memory // of the outermost network; nil: every tensor has its own

	scratch32 gemm.Scratch[float32]
	scratch64 gemm.Scratch[float64]
	name      string // of the layer under way
}

// layer computes one layer: dimensions from the actual inputs by the op's own
// rule, elements, rounding to the output's type.
func (r *runner) layer(l *trt.Layer, in []*trt.Value) ([]*trt.Value, error) {
	name := r.scope + l.Name
	infos := make([]trt.Info, len(in))
	for i, v := range in {
		infos[i] = trt.Info{Type: v.Type, Dims: v.Dims}
	}
	for _, i := range trt.ShapeInputs(l.Op, len(in)) {
		infos[i].Values = known(in[i])
	}
	if l.Op.Kind() == trt.KindIf { // the condition chooses the dimensions too
		infos[0].Values = known(in[0])
	}
	out, err := l.Op.Infer(infos, r.target)
	if err != nil {
		return nil, &Error{Kind: fault.BadInput, Layer: name, Msg: "does not take inputs of these dimensions", Err: err}
	}
	for _, o := range out {
		// What stays dynamic depends on values; whoever computes it knows it.
		if n := o.Dims.Count(); n < 0 && o.Dims.IsStatic() || n > maxElements {
			return nil, &Error{Kind: fault.Resources, Layer: name, Msg: "has an output that no memory holds", Found: o.Dims.String()}
		}
	}
	r.name = l.Name
	ys, err := r.compute(l.Op, in, out)
	if ended := r.ctx.Err(); ended != nil { // what was computed is incomplete
		return nil, ended
	}
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			e = &Error{Err: err}
		}
		if e.Layer == "" { // a layer of a body is named already
			e.Layer = name
		}
		return nil, e
	}
	for i, y := range ys {
		if !matches(y.Dims, out[i].Dims) {
			return nil, &Error{Layer: name, Msg: fmt.Sprintf("has output %d of other dimensions than its rule says", i), Expected: out[i].Dims.String(), Found: y.Dims.String()}
		}
		r.round(y)
	}
	return ys, nil
}

// matches reports whether d are want's, with any extents in place of dynamic ones.
func matches(d, want trt.Dims) bool {
	return slices.EqualFunc(d, want, func(e, w int64) bool { return e == w || w == trt.Dynamic && e >= 0 })
}

// compute dispatches on the op. Ops of several outputs come first, and those
// with extents that the elements decide: dynamic in out, they are known of the
// values that are returned.
func (r *runner) compute(op trt.Op, in []*trt.Value, out []trt.Info) ([]*trt.Value, error) {
	switch op := op.(type) {
	case trt.Assertion:
		return nil, assert(op, in[0])
	case trt.DynamicQuantize:
		return r.dynamicQuantize(op, in, out)
	case trt.If:
		return r.conditional(op, in)
	case trt.Loop:
		return r.loop(op, in, out)
	case trt.NMS:
		return r.nms(op, in[0], in[1], out)
	case trt.NonZero:
		return []*trt.Value{nonZero(in[0], out[0])}, nil
	case trt.TopK:
		return r.topK(op, in[0], out)
	}
	y, err := r.computeOne(op, in, out[0])
	return []*trt.Value{y}, err
}

// computeOne computes ops of one output.
func (r *runner) computeOne(op trt.Op, in []*trt.Value, out trt.Info) (*trt.Value, error) {
	switch op := op.(type) {
	case trt.Activation:
		return r.activation(op, in[0], out)
	case trt.Attention:
		return r.attention(op, in[0], in[1], in[2], optional(in, 3), out)
	case trt.BatchNorm:
		return r.batchNorm(op, in[0], out)
	case trt.Cast:
		return r.cast(in[0], out)
	case trt.Concatenation:
		return r.concatenation(op, in, out)
	case trt.Constant:
		return r.load(op.Value)
	case trt.Convolution:
		return r.convolution(op, in, out)
	case trt.Cumulative:
		return r.cumulative(op, in[0], out)
	case trt.Deconvolution:
		return r.deconvolution(op, in, out)
	case trt.Dequantize:
		return r.dequantize(op, in, out)
	case trt.Einsum:
		return r.einsum(op, in, out)
	case trt.ElementWise:
		return r.elementWise(op, in[0], in[1], out)
	case trt.Fill:
		return r.fill(op, in, out)
	case trt.Gather:
		return r.gather(op, in[0], in[1], out)
	case trt.GridSample:
		return r.gridSample(op, in[0], in[1], out)
	case trt.KVCacheUpdate:
		return r.kvCacheUpdate(in[0], in[1], in[2], out)
	case trt.LRN:
		return r.lrn(op, in[0], out)
	case trt.MatrixMultiply:
		return r.matrixMultiply(op, in[0], in[1], out)
	case trt.MoE:
		return r.moe(in, out)
	case trt.Normalization:
		return r.normalization(op, in[0], in[1], in[2], out)
	case trt.OneHot:
		return r.oneHot(op, in[0], in[1], out)
	case trt.Padding:
		return r.padding(op, in[0], out)
	case trt.ParametricReLU:
		return r.parametricReLU(in[0], in[1], out)
	case trt.Pooling:
		return r.pooling(op, in[0], out)
	case trt.Quantize:
		return r.quantize(op, in, out)
	case trt.RaggedSoftmax:
		return r.raggedSoftmax(in[0], in[1], out)
	case trt.Reduce:
		return r.reduce(op, in[0], out)
	case trt.Resize:
		return r.resize(op, in[0], out)
	case trt.RotaryEmbedding:
		return r.rotary(op, in[0], in[1], in[2], optional(in, 3), out)
	case trt.ReverseSequence:
		return r.reverseSequence(op, in[0], in[1], out)
	case trt.Scale:
		return r.scale(op, in[0], out)
	case trt.Scatter:
		return r.scatter(op, in[0], in[1], in[2], out)
	case trt.Select:
		return r.selection(in[0], in[1], in[2], out)
	case trt.Shape:
		return r.shape(in[0], out)
	case trt.Shuffle:
		return r.shuffle(op, in[0], out)
	case trt.Slice:
		return r.slice(op, in, out)
	case trt.Softmax:
		return r.softmax(op, in[0], out)
	case trt.Unary:
		return r.unary(op, in[0], out)
	case trt.Identity, trt.Squeeze, trt.Unsqueeze:
		return view(in[0], out), nil
	}
	if p, ok := op.(trt.PluginV3); ok {
		return nil, &Error{Kind: fault.Unsupported, Msg: fmt.Sprintf("the plugin %v cannot be executed: its code is in a library that only TensorRT loads", p)}
	}
	return nil, &Error{Kind: fault.Unsupported, Msg: "op " + string(op.Kind()) + " cannot be executed"}
}

// optional returns operand i, nil if it is left out.
func optional(in []*trt.Value, i int) *trt.Value {
	if i < len(in) {
		return in[i]
	}
	return nil
}
