package trt

import (
	"fmt"
	"math"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

// KindFill names Fill.
const KindFill Kind = "fill"

// FillOperation is what a fill makes, under TensorRT's names.
type FillOperation string

// The operations of Fill.
const (
	FillLinspace FillOperation = "linspace"       // ONNX's Range, PyTorch's arange
	FillUniform  FillOperation = "random_uniform" // between Alpha and Beta
	FillNormal   FillOperation = "random_normal"  // mean Alpha, deviation Beta
)

// Fill makes a tensor of nothing. With FillLinspace element [i,j,…] is
// Alpha + Beta[0]*i + Beta[1]*j + …, of type int32, int64 or float32; random
// numbers are float32 or float16.
//
// It takes no inputs; or the dimensions, in place of Dims; or alpha and beta, in
// place of Alpha and Beta; or all three. Alpha is a scalar then, and so is beta,
// but for FillLinspace, where it has one entry for each dimension. As a number
// Beta is of one dimension.
//
// Random numbers differ from library to library and from run to run. The CPU
// reference draws its own, always the same for a layer's name.
type Fill struct {
	noWeights
	Operation FillOperation `json:"operation"`
	Type      dtype.Type    `json:"dtype"`
	Dims      Dims          `json:"dims"`
	Alpha     float64       `json:"alpha"`
	Beta      float64       `json:"beta"`
}

// AddFill adds a fill; inputs are those that Fill names.
func (n *Network) AddFill(name string, op Fill, inputs ...*Tensor) *Tensor {
	return n.add(name, op, inputs...)
}

// Kind returns KindFill.
func (op Fill) Kind() Kind { return KindFill }

// Operands names the inputs.
func (op Fill) Operands(n int) []string {
	switch n {
	case 0:
		return []string{}
	case 1:
		return []string{"dimensions"}
	case 2:
		return []string{"alpha", "beta"}
	case 3:
		return []string{"dimensions", "alpha", "beta"}
	}
	return nil
}

func (op Fill) shapeInputs(n int) []int { return span(0, n%2) }

// WithWeights returns op: it holds none.
func (op Fill) WithWeights([]*Weights) Op { return op }

// Infer returns Type and Dims, or what the input of dimensions holds. TensorRT
// finds bounds out of order, and scalars, which it cannot make, only at build.
func (op Fill) Infer(in []Info, _ Target) ([]Info, error) {
	want := setOf(dtype.Float32, dtype.Float16)
	switch op.Operation {
	case FillLinspace:
		want = integers | setOf(dtype.Float32)
	case FillUniform, FillNormal:
	default:
		return nil, wantOneOf("operation", op.Operation, FillLinspace, FillUniform, FillNormal)
	}
	if err := wantType("type", Info{Type: op.Type}, want); err != nil {
		return nil, err
	}
	dims, err := op.dims(in)
	if err != nil {
		return nil, err
	}
	out := Info{Type: op.Type, Dims: dims}
	if len(in) > 1 {
		return []Info{out}, op.checkTensors(in[len(in)-2], in[len(in)-1], len(dims))
	}
	if err := op.checkNumbers(len(dims)); err != nil {
		return nil, err
	}
	if op.Operation == FillLinspace && dims.IsStatic() && small(out) {
		for i := range dims[0] {
			v := op.Alpha + op.Beta*float64(i)
			e := whole(int64(v))
			if op.Type.IsFloat() {
				e = Element{Known: true, Float: v}
			}
			out.Values = append(out.Values, e.stored(op.Type))
		}
	}
	return []Info{out}, nil
}

func (op Fill) dims(in []Info) (Dims, error) {
	if len(in)%2 == 0 {
		for _, e := range op.Dims {
			if e < 1 {
				return nil, &Error{Operand: "dimensions", Msg: "must be positive", Found: op.Dims.String()}
			}
		}
		if len(op.Dims) == 0 {
			return nil, &Error{Operand: "dimensions", Msg: "must be at least one"}
		}
		return op.Dims, nil
	}
	if op.Dims != nil {
		return nil, &Error{Operand: "dimensions", Msg: "are given twice, as a parameter and as an input", Found: op.Dims.String()}
	}
	if err := wantShape("dimensions", in[0]); err != nil {
		return nil, err
	}
	out := Dims{}
	for _, e := range in[0].Values {
		if e.Known && e.Int < 1 {
			return nil, &Error{Operand: "dimensions", Msg: "must be positive", Found: fmt.Sprint(in[0].Values)}
		}
		out = append(out, e.extent())
	}
	if len(out) == 0 {
		return nil, &Error{Operand: "dimensions", Msg: "must be at least one"}
	}
	return out, nil
}

func (op Fill) checkNumbers(rank int) error {
	fail := func(msg string) error {
		return &Error{Operand: "alpha and beta", Msg: msg, Found: fmt.Sprintf("%v and %v", op.Alpha, op.Beta)}
	}
	switch {
	case math.IsNaN(op.Alpha+op.Beta) || math.IsInf(op.Alpha, 0) || math.IsInf(op.Beta, 0):
		return fail("must be finite")
	case op.Type.IsFloat():
	case math.Trunc(op.Alpha) != op.Alpha || math.Trunc(op.Beta) != op.Beta || max(math.Abs(op.Alpha), math.Abs(op.Beta)) > 1<<53:
		return fail("must be whole numbers of at most 53 bits")
	}
	switch op.Operation {
	case FillLinspace:
		if rank != 1 {
			return fail("as numbers make one dimension; beta must be a tensor for more")
		}
	case FillUniform:
		if op.Alpha >= op.Beta {
			return fail("must be in order")
		}
	case FillNormal:
		if op.Beta <= 0 {
			return fail("must be a mean and a positive deviation")
		}
	}
	return nil
}

func (op Fill) checkTensors(alpha, beta Info, rank int) error {
	if op.Alpha != 0 || op.Beta != 0 {
		return &Error{Operand: "alpha and beta", Msg: "are given twice, as parameters and as inputs", Found: fmt.Sprintf("%v and %v", op.Alpha, op.Beta)}
	}
	if err := wantType("alpha", alpha, setOf(op.Type, dtype.Float32)); err != nil {
		return err
	}
	if err := wantSameType("alpha", "beta", alpha, beta); err != nil {
		return err
	}
	if len(alpha.Dims) != 0 {
		return &Error{Operand: "alpha", Msg: "must be a scalar", Found: alpha.Dims.String()}
	}
	step := Dims{}
	if op.Operation == FillLinspace {
		step = Dims{int64(rank)}
	}
	fits := len(beta.Dims) == len(step)
	for i := 0; fits && i < len(step); i++ {
		_, fits = unify(beta.Dims[i], step[i])
	}
	if !fits {
		return &Error{Operand: "beta", Msg: "has the wrong dimensions", Expected: step.String(), Found: beta.Dims.String()}
	}
	return nil
}
