//go:build tensorrt && cgo

package native

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// definition replays a recorded network into TensorRT's.
type definition struct {
	of  *trt.Network
	net *cbridge.Network
	ids map[*trt.Tensor]cbridge.ID
	// narrower are the tensors of which TensorRT, which follows dimensions by
	// symbols, knows an extent that was recorded as dynamic.
	narrower map[*trt.Tensor]bool
}

func newDefinition(of *trt.Network, net *cbridge.Network) definition {
	return definition{of, net, map[*trt.Tensor]cbridge.ID{}, map[*trt.Tensor]bool{}}
}

// define defines n, whose weights are materialized, in a network of builder's.
func define(builder *cbridge.Builder, n *trt.Network) (_ *cbridge.Network, err error) {
	net, err := builder.NewNetwork(n.Name())
	if err != nil {
		return nil, inNetwork(n, err)
	}
	defer func() {
		if err != nil {
			net.Free()
		}
	}()
	return net, newDefinition(n, net).all()
}

func (d definition) all() error {
	n, net := d.of, d.net
	for _, x := range n.Inputs() {
		added, err := net.AddInput(x.Name, dataTypes[x.Type], x.Dims)
		if err = d.took(err, []*trt.Tensor{x}, added); err != nil {
			return inLayer(n, x.Name, trt.KindInput, err)
		}
	}
	for _, l := range n.Layers() {
		added, err := d.add(l)
		if err = d.took(err, l.Outputs, added); err != nil {
			return inLayer(n, l.Name, l.Op.Kind(), err)
		}
	}
	for _, t := range n.Outputs() {
		if err := net.MarkOutput(t.Name, d.ids[t]); err != nil {
			l := t.Producer()
			return inLayer(n, l.Name, l.Op.Kind(), err)
		}
	}
	return nil
}

func inLayer(n *trt.Network, layer string, op trt.Kind, err error) error {
	err = inNetwork(n, err)
	var e *Error
	if errors.As(err, &e) && !strings.HasPrefix(e.Layer, layer+"/") { // the layer of a body is known already
		e.Layer, e.Op = layer, op
	}
	return err
}

// took remembers the ids of a layer's outputs, and holds what TensorRT inferred
// against what was recorded: a difference would be a mistake in a rule of ours,
// and whoever reads the recorded network would be misled.
func (d definition) took(err error, recorded []*trt.Tensor, added []cbridge.Tensor) error {
	if err != nil {
		return err
	}
	if len(added) != len(recorded) {
		if p := pluginOf(recorded); p != nil {
			return misstated(p, "", fmt.Sprintf("%d outputs", len(recorded)), fmt.Sprint(len(added)))
		}
		return &Error{Kind: fault.Bug, Message: fmt.Sprintf("recorded with %d outputs, TensorRT has %d", len(recorded), len(added))}
	}
	for i, t := range recorded {
		a := added[i]
		narrower := (d.narrower[t] || d.mayNarrow(t.Producer())) && agrees(t.Dims, a.Dims)
		if dataTypes[t.Type] != a.Type || !narrower && !slices.Equal([]int64(t.Dims), a.Dims) {
			if p := pluginOf(recorded); p != nil {
				return misstated(p, "output "+t.Name, fmt.Sprintf("%s %v", t.Type, t.Dims), fmt.Sprintf("%s %v", typeOf(a.Type), trt.Dims(a.Dims)))
			}
			return &Error{Kind: fault.Bug, Message: fmt.Sprintf("output %s recorded as %s %v, TensorRT infers %s %v", t.Name, t.Type, t.Dims, typeOf(a.Type), trt.Dims(a.Dims))}
		}
		// How a plugin's dynamic extents follow from others only TensorRT knows.
		if !slices.Equal([]int64(t.Dims), a.Dims) || pluginOf(recorded) != nil && !t.Dims.IsStatic() {
			d.narrower[t] = true
		}
		d.ids[t] = a.ID
	}
	return nil
}

// mayNarrow reports whether the layer computes dimensions from elements, or has
// inputs or bodies with outputs of which TensorRT knows more.
func (d definition) mayNarrow(l *trt.Layer) bool {
	if l == nil {
		return false
	}
	from := slices.Clone(l.Inputs)
	for _, b := range trt.Bodies(l.Op) {
		from = append(from, b.Network.Outputs()...)
	}
	return len(trt.ShapeInputs(l.Op, len(l.Inputs))) > 0 || slices.ContainsFunc(from, func(t *trt.Tensor) bool { return d.narrower[t] })
}

// agrees reports whether TensorRT infers what was recorded, or an extent that
// is dynamic there.
func agrees(recorded trt.Dims, inferred []int64) bool {
	return slices.EqualFunc([]int64(recorded), inferred, func(r, i int64) bool { return r == i || r == trt.Dynamic })
}

// add adds one layer.
func (d definition) add(l *trt.Layer) ([]cbridge.Tensor, error) {
	in := make([]cbridge.ID, len(l.Inputs))
	for i, t := range l.Inputs {
		in[i] = d.ids[t]
	}
	net, name := d.net, l.Name
	switch op := l.Op.(type) {
	case trt.Activation:
		return net.AddActivation(name, in[0], cbridge.Activation{Kind: activations[op.Type], Alpha: op.Alpha, Beta: op.Beta})
	case trt.Assertion:
		return net.AddAssertion(name, in[0], op.Message)
	case trt.Attention:
		return addAttention(net, name, in, op)
	case trt.BatchNorm:
		return nil, &Error{Kind: fault.Unsupported, Message: "TensorRT has no batch normalization", Next: "fold it into the convolution before it, or lower it to a scale"}
	case trt.Cast:
		return net.AddCast(name, in[0], dataTypes[op.To])
	case trt.Concatenation:
		return net.AddConcatenation(name, in, op.Axis)
	case trt.Constant:
		return net.AddConstant(name, op.Value.Dims, weights(op.Value))
	case trt.Convolution:
		return net.AddConvolution(name, in[0], convolution(op, in))
	case trt.Cumulative:
		return d.cumulative(name, in, op)
	case trt.Deconvolution:
		return net.AddDeconvolution(name, in[0], convolution(trt.Convolution(op), in))
	case trt.Dequantize:
		return d.dequantize(name, op, in)
	case trt.DynamicQuantize:
		return d.dynamicQuantize(name, op, in)
	case trt.Einsum:
		return net.AddEinsum(name, in, op.Equation)
	case trt.ElementWise:
		return net.AddElementwise(name, in[0], in[1], elementwises[op.Operation])
	case trt.Fill:
		return d.fill(name, op, l, in)
	case trt.Gather:
		return net.AddGather(name, in[0], in[1], cbridge.Gather{Mode: gathers[op.Mode], Axis: op.Axis, BatchDims: op.BatchDims})
	case trt.GridSample:
		return addGridSample(net, name, in, op)
	case trt.Identity:
		return net.AddIdentity(name, in[0])
	case trt.If:
		return d.addIf(l, op, in)
	case trt.KVCacheUpdate:
		return net.AddKVCacheUpdate(name, in[0], in[1], in[2])
	case trt.LRN:
		return addLRN(net, name, in, op)
	case trt.Loop:
		return d.addLoop(l, op, in)
	case trt.MatrixMultiply:
		return net.AddMatrixMultiply(name, in[0], matrices[op.OpA], in[1], matrices[op.OpB])
	case trt.MoE:
		return net.AddMoE(name, in)
	case trt.Normalization:
		return addNormalization(net, name, in, op)
	case trt.NMS:
		return d.nms(name, in, op)
	case trt.NonZero:
		return net.AddNonZero(name, in[0], dataTypes[op.IndexType])
	case trt.OneHot:
		return d.oneHot(name, in, op)
	case trt.Padding:
		return net.AddPadding(name, in[0], op.PrePadding, op.PostPadding)
	case trt.ParametricReLU:
		return net.AddParametricReLU(name, in[0], in[1])
	case trt.PluginV3:
		return addPluginV3(net, name, in, op)
	case trt.Pooling:
		return net.AddPooling(name, in[0], cbridge.Pooling{
			Kind: poolings[op.Type], CeilMode: op.RoundUp, CountIncludesPad: op.CountIncludesPadding, Blend: op.Blend,
			Window: op.Window, Stride: op.Stride, PrePadding: op.PrePadding, PostPadding: op.PostPadding,
		})
	case trt.Quantize:
		return d.quantize(name, op, in)
	case trt.RaggedSoftmax:
		return net.AddRaggedSoftmax(name, in[0], in[1])
	case trt.Reduce:
		return net.AddReduce(name, in[0], cbridge.Reduce{Kind: reductions[op.Operation], Axes: mask(op.Axes), KeepDims: op.KeepDims})
	case trt.Resize:
		return net.AddResize(name, in[0], cbridge.Resize{
			Mode: resizes[op.Mode], Coordinates: coordinates[op.Coordinates], Rounding: roundings[op.Rounding],
			UpperLeft: op.Single == trt.SingleUpper, ExcludeOutside: op.ExcludeOutside, CubicCoefficient: op.Coefficient(),
			Scales: op.Scales, Size: op.Size, InputSize: optional(in, 1),
		})
	case trt.RotaryEmbedding:
		return addRotaryEmbedding(net, name, in, op)
	case trt.ReverseSequence:
		return d.reverseSequence(name, in, op)
	case trt.Scale:
		return net.AddScale(name, in[0], cbridge.Scale{
			Mode: scales[op.Mode], ChannelAxis: op.ChannelAxis,
			Scale: weights(op.Scale), Shift: weights(op.Shift), Power: weights(op.Power),
		})
	case trt.Scatter:
		return d.scatter(name, in, op)
	case trt.Select:
		return net.AddSelect(name, in[0], in[1], in[2])
	case trt.Shape:
		return net.AddShape(name, in[0])
	case trt.Shuffle:
		return d.shuffle(name, op, in)
	case trt.Slice:
		return d.slice(name, op, l, in)
	case trt.Softmax:
		return net.AddSoftmax(name, in[0], op.Axis)
	case trt.Squeeze:
		return net.AddSqueeze(name, in[0], wide(op.Axes))
	case trt.TopK:
		return d.topK(name, in, op)
	case trt.Unary:
		return net.AddUnary(name, in[0], unaries[op.Operation])
	case trt.Unsqueeze:
		return net.AddUnsqueeze(name, in[0], wide(op.Axes))
	}
	return nil, &Error{Kind: fault.Unsupported, Message: "this backend does not know the op"}
}

// weights points at materialized bytes.
func weights(w *trt.Weights) cbridge.Weights {
	if w == nil {
		return cbridge.Weights{}
	}
	if w.Count() == 0 {
		return cbridge.Weights{Type: dataTypes[w.Type]}
	}
	return cbridge.Weights{Values: unsafe.Pointer(unsafe.SliceData(w.Bytes())), Count: w.Count(), Type: dataTypes[w.Type]}
}

func wide(list []int) []int64 {
	out := make([]int64, len(list))
	for i, v := range list {
		out[i] = int64(v)
	}
	return out
}

func mask(axes []int) uint32 {
	var m uint32
	for _, a := range axes {
		m |= 1 << a
	}
	return m
}
