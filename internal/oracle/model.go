package oracle

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// The versions that models are written in: the first to have every operator
// that most need, others ask for a later one.
const (
	irVersion  = 10
	firstOpset = 20
)

// elementTypes are TensorProto's numbers. ONNX Runtime computes nothing in
// float8_e8m0fnu: such scales are float32 there.
var elementTypes = map[dtype.Type]int64{
	dtype.Float32: 1, dtype.UInt8: 2, dtype.Int8: 3, dtype.Int32: 6, dtype.Int64: 7,
	dtype.Bool: 9, dtype.Float16: 10, dtype.BFloat16: 16, dtype.Float8E4M3FN: 17, dtype.Float8E8M0FNU: 1,
}

// UnsupportedError says that ONNX has no equal of a layer.
type UnsupportedError struct {
	Layer string
	Msg   string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("layer %s cannot be written as ONNX: %s", e.Layer, e.Msg)
}

// graph is a GraphProto in the making.
type graph struct {
	ctx   context.Context
	body  message
	layer string // being written
	scope string // before the names of what is in a body
	made  int    // names made up
	opset *int64 // of the model
	err   error
}

// Model returns a network whose inputs are static as an ONNX model, or an
// *UnsupportedError.
func Model(ctx context.Context, n *trt.Network) ([]byte, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	opset := int64(firstOpset)
	g := &graph{ctx: ctx, opset: &opset}
	g.body.text(2, "network")
	for _, t := range append(n.Inputs(), n.Outputs()...) {
		if elementTypes[t.Type] == 0 {
			return nil, &UnsupportedError{Layer: n.Layers()[0].Name, Msg: "the oracle has no " + t.Type.String()}
		}
	}
	for _, x := range n.Inputs() {
		name, dims := outside(x)
		if !dims.IsStatic() {
			return nil, &UnsupportedError{Layer: n.Layers()[0].Name, Msg: x.Name + " is dynamic"}
		}
		g.body.bytes(11, valueInfo(name, x.Type, dims))
		if name != x.Name {
			g.to(x.Name, "Reshape", []string{name, g.longs()})
		}
	}
	if len(n.Inputs()) == 0 {
		g.body.bytes(11, valueInfo(unread, dtype.Float32, trt.Dims{1}))
	}
	g.layers(n)
	if g.err != nil {
		return nil, g.err
	}
	for _, y := range n.Outputs() {
		name, dims := outside(y)
		g.body.bytes(12, valueInfo(name, y.Type, dims))
		if name != y.Name {
			g.to(name, "Reshape", []string{y.Name, g.longs(1)})
		}
	}
	var domain, m message
	domain.text(1, "")
	domain.integer(2, *g.opset)
	m.integer(1, irVersion)
	m.text(2, "trtbuild")
	m.bytes(7, g.body)
	m.bytes(8, domain)
	return m, nil
}

// unread is an input of a model of a network that has none: the binding wants one.
const unread = "#unread"

// layers adds the nodes of all layers of n.
func (g *graph) layers(n *trt.Network) {
	for _, l := range n.Layers() {
		g.layer = g.scope + l.Name
		g.export(l)
	}
}

// outside returns the name and dimensions under which a model takes or gives a
// tensor: the binding has no tensors of rank 0.
func outside(t *trt.Tensor) (string, trt.Dims) {
	if len(t.Dims) == 0 {
		return t.Name + "#outside", trt.Dims{1}
	}
	return t.Name, t.Dims
}

func valueInfo(name string, t dtype.Type, d trt.Dims) []byte {
	var shape, tensor, typ, m message
	for _, e := range d {
		var dim message
		if e != trt.Dynamic {
			dim.integer(1, e)
		}
		shape.bytes(1, dim)
	}
	tensor.integer(1, elementTypes[t])
	tensor.bytes(2, shape)
	typ.bytes(1, tensor)
	m.text(1, name)
	m.bytes(2, typ)
	return m
}

// since makes the model one of an opset that has an operator.
func (g *graph) since(opset int64) { *g.opset = max(*g.opset, opset) }

func (g *graph) unsupported(format string, args ...any) {
	if g.err == nil {
		g.err = &UnsupportedError{Layer: g.layer, Msg: fmt.Sprintf(format, args...)}
	}
}

func (g *graph) name() string {
	g.made++
	return fmt.Sprintf("%s#%d", g.layer, g.made)
}

// to adds a node of one output of the given name.
func (g *graph) to(out, op string, in []string, attributes ...attribute) {
	g.add(op, in, []string{out}, attributes...)
}

// add adds a node.
func (g *graph) add(op string, in, out []string, attributes ...attribute) {
	var m message
	for _, x := range in {
		m.text(1, x)
	}
	for _, y := range out {
		m.text(2, y)
	}
	m.text(4, op)
	for _, a := range attributes {
		m.bytes(5, a)
	}
	g.body.bytes(1, m)
}

// node adds a node and returns the name of its output.
func (g *graph) node(op string, in []string, attributes ...attribute) string {
	out := g.name()
	g.to(out, op, in, attributes...)
	return out
}

// constant adds an initializer and returns its name.
func (g *graph) constant(t dtype.Type, dims trt.Dims, raw []byte) string {
	if elementTypes[t] == 0 {
		g.unsupported("constants of %s", t)
	}
	name := g.name()
	var m message
	for _, d := range dims {
		m.integer(1, d)
	}
	m.integer(2, elementTypes[t])
	m.text(8, name)
	m.bytes(9, raw)
	g.body.bytes(5, m)
	return name
}

// longs adds a vector of int64.
func (g *graph) longs(v ...int64) string {
	var raw []byte
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
	}
	return g.constant(dtype.Int64, trt.Dims{int64(len(v))}, raw)
}

func (g *graph) axes(axes []int) string {
	v := make([]int64, len(axes))
	for i, a := range axes {
		v[i] = int64(a)
	}
	return g.longs(v...)
}

// scalar adds a number of a type.
func (g *graph) scalar(t dtype.Type, v float32) string {
	return g.constant(t, trt.Dims{}, encode(t, []float32{v}))
}

func (g *graph) floats(v ...float32) string {
	return g.constant(dtype.Float32, trt.Dims{int64(len(v))}, encode(dtype.Float32, v))
}

// weights adds weights under other dimensions of the same count.
func (g *graph) weights(w *trt.Weights, dims trt.Dims) string {
	raw, err := read(g.ctx, w)
	if err != nil && g.err == nil {
		g.err = err
	}
	return g.constant(w.Type, dims, raw)
}

// read returns the little-endian elements of w.
func read(ctx context.Context, w *trt.Weights) ([]byte, error) {
	if raw := w.Bytes(); raw != nil && w.Type == dtype.Float8E8M0FNU {
		v := make([]float32, len(raw))
		for i, b := range raw {
			v[i] = half.FromScale8(b)
		}
		return encode(w.Type, v), nil
	} else if raw != nil {
		return raw, nil
	}
	v := make([]float32, w.Count())
	if err := weights.Read(ctx, 0, []weights.Job{{Name: "weights", Values: w.Values(), Count: w.Count(), Dst: v}}); err != nil {
		return nil, err
	}
	return encode(w.Type, v), nil
}

// width is the number of bytes of an element.
func width(t dtype.Type) int {
	if t == dtype.Float8E8M0FNU {
		return 4
	}
	return t.Size()
}

// encode returns floats as elements of a type.
func encode(t dtype.Type, v []float32) []byte {
	le := binary.LittleEndian
	out := make([]byte, 0, len(v)*width(t))
	for _, x := range v {
		switch t {
		case dtype.Float8E8M0FNU:
			out = le.AppendUint32(out, math.Float32bits(half.CeilScale8(x)))
		case dtype.Float16:
			out = le.AppendUint16(out, half.Float16(x))
		case dtype.BFloat16:
			out = le.AppendUint16(out, half.BFloat16(x))
		case dtype.Float8E4M3FN:
			out = append(out, half.Float8(x))
		case dtype.Float32:
			out = le.AppendUint32(out, math.Float32bits(x))
		case dtype.Int32:
			out = le.AppendUint32(out, uint32(int32(x)))
		case dtype.Int64:
			out = le.AppendUint64(out, uint64(int64(x)))
		default:
			out = append(out, byte(int8(x)))
		}
	}
	return out
}
