package backendtest

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Case is one layer as data.
type Case struct {
	Name string
	Op   trt.Op // with every parameter filled in
	// Inputs are inputs of the network, or constants where all elements are known.
	Inputs []trt.Info
	// Before are layers of one input each that inputs pass on their way to the
	// layer, by input.
	Before map[int][]trt.Op
	// Values are the elements, by input, of those that are read as dimensions.
	Values map[int][]int64
	// Extents are the least, best and greatest of every dynamic dimension in
	// the profile; zero: 1, 2 and 4.
	Extents [3]int64
	// Ranges are those of the inputs in the profile, one for each; nil: what
	// Extents makes.
	Ranges []trt.Range
	// ComputeCapabilities of the target; nil: the library's default.
	ComputeCapabilities []int
	// NeedsGPU says that TensorRT-RTX infers the kind of layer but has no builder
	// for it without a GPU: the recorder takes the case for Enterprise only.
	NeedsGPU bool
	// Want holds the outputs; nil: the recorder refuses the case.
	Want []trt.Info
	// Refusal is part of the recorder's error.
	Refusal string
	// Stricter says why the recorder refuses what TensorRT builds; empty when
	// TensorRT refuses it as well.
	Stricter string
}

// Cases returns the table. Names are unique.
func Cases() []Case {
	return slices.Concat(
		convolutions(), deconvolutions(), poolings(),
		activations(), scales(), unaries(), elementwises(), matrixMultiplies(), softmaxes(), reductions(),
		concatenations(), shuffles(), slicings(), squeezes(), gathers(), resizes(), paddings(),
		constants(), casts(),
		conditionals(), loops(), joins(),
		quantizations(), dequantizations(),
		normalizations(), parametricReLUs(), einsums(), gridSamples(), lrns(),
		attentions(), rotaryEmbeddings(), kvCacheUpdates(), moes(),
		selects(), topKs(), scatters(), oneHots(), cumulatives(), reverseSequences(), raggedSoftmaxes(), nonZeros(), suppressions(),
		shapes(), shapedShuffles(), shapedSlices(), sampledSlices(), shapedResizes(), fills(),
		dynamicQuantizations(), fourBits(), operands(),
	)
}

// BeforeName returns the name of the k-th layer that the case's i-th input passes.
func (c Case) BeforeName(i, k int) string { return fmt.Sprintf("x%d.%d", i, k) }

// Operand returns the name of the tensor that the layer reads as its i-th input.
func (c Case) Operand(i int) string {
	if k := len(c.Before[i]); k > 0 {
		return c.BeforeName(i, k-1)
	}
	return c.InputName(i)
}

// InputName returns the name of the case's i-th input.
func (c Case) InputName(i int) string { return fmt.Sprintf("x%d", i) }

// OutputName returns the name of the case's i-th output.
func (c Case) OutputName(i int) string { return "y" + []string{"", fmt.Sprint(i)}[min(i, 1)] }

// Target returns the target that the case is for.
func (c Case) Target() trt.Target {
	if c.NeedsGPU {
		return trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 10, Minor: 16}}
	}
	return trt.Target{}
}

// Constant returns the weights of the case's i-th input, nil if it is an input of
// the network: where the elements are not known, or are none of such dimensions.
func (c Case) Constant(i int) *trt.Weights {
	x := c.Inputs[i]
	if x.Values == nil || x.Dims.Count() != int64(len(x.Values)) {
		return nil
	}
	raw := make([]byte, 0, 8*len(x.Values))
	for _, e := range x.Values {
		v := uint64(e.Int)
		switch f := float32(e.Float); x.Type {
		case dtype.Float32:
			v = uint64(math.Float32bits(f))
		case dtype.Float16:
			v = uint64(half.Float16(f))
		case dtype.BFloat16:
			v = uint64(half.BFloat16(f))
		}
		one := binary.LittleEndian.AppendUint64(nil, v)
		raw = append(raw, one[:min(8, x.Type.Size())]...)
	}
	if x.Type.Bits() == 4 { // of which there are zeros alone
		raw = make([]byte, x.Type.Bytes(int64(len(x.Values))))
	}
	return trt.RawWeights(x.Type, x.Dims, raw)
}

// Network records the case for a product and version: inputs, the layer
// "layer", and its outputs marked as "y", "y1", …. Of a layer without outputs
// the network has another one.
func (c Case) Network(target trt.Target) *trt.Network {
	target.ComputeCapabilities = c.ComputeCapabilities
	n := trt.NewNetwork(c.Name, target)
	in := make([]*trt.Tensor, len(c.Inputs))
	for i, x := range c.Inputs {
		if w := c.Constant(i); w != nil {
			in[i] = n.AddConstant(c.InputName(i), w)
		} else {
			in[i] = n.AddInput(c.InputName(i), x.Type, x.Dims)
		}
		for k, op := range c.Before[i] {
			in[i] = n.Add(c.BeforeName(i, k), op, in[i])[0]
		}
	}
	out := n.Add("layer", c.Op, in...)
	if c.Op.Kind() == trt.KindAssertion {
		out = n.Add("rest", Rest())
	}
	for i, y := range out {
		n.MarkOutput(y, c.OutputName(i))
	}
	return n
}

// Rest gives the network of a layer without outputs one, as TensorRT wants.
func Rest() trt.Op { return trt.Constant{Value: trt.NewWeights(trt.Dims{1}, trt.Float32s{0})} }

// Profiles returns the one profile of the case; none when all inputs are
// static.
func (c Case) Profiles() []trt.Profile {
	p := trt.Profile{}
	e := c.Extents
	if e == [3]int64{} {
		e = [3]int64{1, 2, 4}
	}
	for i, x := range c.Inputs {
		switch {
		case x.Dims.IsStatic():
		case c.Ranges != nil:
			p[c.InputName(i)] = c.Ranges[i]
		default:
			p[c.InputName(i)] = trt.Range{Min: with(x.Dims, e[0]), Opt: with(x.Dims, e[1]), Max: with(x.Dims, e[2])}
		}
		if v := c.Values[i]; v != nil {
			p[c.InputName(i)] = trt.Range{Values: &trt.ValueRange{Min: v, Opt: v, Max: v}}
		}
	}
	if len(p) == 0 {
		return nil
	}
	return []trt.Profile{p}
}

// with puts n in the place of each dynamic extent.
func with(d trt.Dims, n int64) trt.Dims {
	d = d.Clone()
	for i := range d {
		if d[i] == trt.Dynamic {
			d[i] = n
		}
	}
	return d
}

func tensor(t dtype.Type, dims ...int64) trt.Info { return trt.Info{Type: t, Dims: dims} }

func f32(dims ...int64) trt.Info { return tensor(dtype.Float32, dims...) }

func accept(name string, op trt.Op, want trt.Info, in ...trt.Info) Case {
	if want.Dims == nil {
		want.Dims = trt.Dims{}
	}
	return Case{Name: name, Op: op, Inputs: in, Want: []trt.Info{want}}
}

// ints is a constant list of integers.
func ints(t dtype.Type, list ...int64) trt.Info {
	x := tensor(t, int64(len(list)))
	x.Values = []trt.Element{}
	for _, v := range list {
		x.Values = append(x.Values, trt.Element{Known: true, Int: v})
	}
	return x
}

// one is a constant of one element.
func one(t dtype.Type, v float64, dims ...int64) trt.Info {
	x := tensor(t, append(trt.Dims{}, dims...)...)
	x.Values = []trt.Element{{Known: true, Int: int64(v), Float: v}}
	return x
}

// reading gives the elements of an input that is read as dimensions.
func reading(input int, list []int64, c Case) Case {
	c.Values = map[int][]int64{input: list}
	return c
}

// always gives every dynamic dimension of a case the extent n.
func always(n int64, c Case) Case {
	c.Extents = [3]int64{n, n, n}
	return c
}

func refuse(name string, op trt.Op, refusal string, in ...trt.Info) Case {
	return Case{Name: name, Op: op, Inputs: in, Refusal: refusal}
}

// stricter is refuse for what TensorRT builds.
func stricter(why, name string, op trt.Op, refusal string, in ...trt.Info) Case {
	return Case{Name: name, Op: op, Inputs: in, Refusal: refusal, Stricter: why}
}

// The groups of element types that TensorRT's rules are made of.
var (
	all      = []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Int32, dtype.Int64, dtype.Int8, dtype.UInt8, dtype.Bool}
	floats   = all[:3]
	numbers  = all[:5]
	anyPlain = []dtype.Type{dtype.Float32, dtype.Float16, dtype.BFloat16, dtype.Int32, dtype.Int64, dtype.Bool}
	bools    = []dtype.Type{dtype.Bool}
	movable  = append(slices.Clone(anyPlain), dtype.Int8)
)

// sweep makes a case of every element type, to be accepted when in good. Some
// layers TensorRT also builds on int8; lax says that this is one of them.
func sweep(name string, good []dtype.Type, lax bool, f func(name string, t dtype.Type) Case) []Case {
	out := make([]Case, 0, len(all))
	for _, t := range all {
		c := f(name+" "+t.String(), t)
		if !slices.Contains(good, t) {
			c.Want, c.Refusal = nil, "has a type this op does not compute in"
			if lax && t == dtype.Int8 {
				c.Stricter = "int8 without quantization has no documented meaning"
			}
		}
		out = append(out, c)
	}
	return out
}

// values are weights of any type, small numbers that differ.
func values(t dtype.Type, dims ...int64) *trt.Weights {
	n := trt.Dims(dims).Count()
	if t.IsFloat() {
		v := make(trt.Float32s, n)
		for i := range v {
			v[i] = float32(i%7-3) / 4
		}
		return trt.NewWeights(dims, v).As(t)
	}
	raw := make([]byte, n*int64(t.Size()))
	for i := range n {
		one := binary.LittleEndian.AppendUint64(nil, uint64(i%2))
		copy(raw[i*int64(t.Size()):], one[:t.Size()])
	}
	return trt.RawWeights(t, dims, raw)
}
