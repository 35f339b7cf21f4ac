package trt

import (
	"cmp"
	"fmt"
	"math"
)

// KindResize names Resize.
const KindResize Kind = "resize"

// ResizeMode is how values between samples are made.
type ResizeMode string

// The modes of Resize.
const (
	ResizeNearest ResizeMode = "nearest"
	ResizeLinear  ResizeMode = "linear"
	ResizeCubic   ResizeMode = "cubic"
)

// ResizeCoordinates is how a coordinate of the output maps to the input.
type ResizeCoordinates string

// The coordinate transformations.
const (
	Asymmetric   ResizeCoordinates = "asymmetric"    // x / scale
	HalfPixel    ResizeCoordinates = "half_pixel"    // (x + 0.5) / scale - 0.5
	AlignCorners ResizeCoordinates = "align_corners" // x * (in - 1) / (out - 1)
)

// ResizeSelector is what an extent of 1 in the output takes.
type ResizeSelector string

// The selectors.
const (
	SingleFormula ResizeSelector = "formula" // what the coordinates say
	SingleUpper   ResizeSelector = "upper"   // the first sample, as in ONNX's pytorch_half_pixel
)

// ResizeRounding is how ResizeNearest picks a sample.
type ResizeRounding string

// The roundings.
const (
	RoundFloor    ResizeRounding = "floor"
	RoundCeil     ResizeRounding = "ceil"
	RoundHalfUp   ResizeRounding = "half_up"
	RoundHalfDown ResizeRounding = "half_down"
)

// Resize samples x anew (ONNX's Resize). Exactly one of Scales, Size and a second
// input, which stands for Size, is given, with an entry for each dimension. The
// zero values of the others are TensorRT's defaults: nearest, asymmetric, floor,
// which is PyTorch's "nearest", and a cubic coefficient of -0.75, PyTorch's, where
// there is none. With
// ExcludeOutside, samples outside of x have no weight in ResizeCubic; without,
// they repeat the border.
type Resize struct {
	noWeights
	Mode        ResizeMode        `json:"mode"`
	Coordinates ResizeCoordinates `json:"coordinates"`
	Rounding    ResizeRounding    `json:"rounding"`
	Single      ResizeSelector    `json:"single"`
	Scales      []float32         `json:"scales"`
	Size        Dims              `json:"size"`

	CubicCoefficient *float32 `json:"cubic_coefficient"`
	ExcludeOutside   bool     `json:"exclude_outside"`
}

// AddResize adds a resize.
func (n *Network) AddResize(name string, x *Tensor, op Resize) *Tensor { return n.add(name, op, x) }

func (op Resize) withDefaults([]Info) Op {
	op.Mode = cmp.Or(op.Mode, ResizeNearest)
	op.Coordinates = cmp.Or(op.Coordinates, Asymmetric)
	op.Rounding = cmp.Or(op.Rounding, RoundFloor)
	op.Single = cmp.Or(op.Single, SingleFormula)
	op.CubicCoefficient = new(op.Coefficient())
	return op
}

// Coefficient returns CubicCoefficient or, in its place, -0.75.
func (op Resize) Coefficient() float32 {
	if op.CubicCoefficient == nil {
		return -0.75
	}
	return *op.CubicCoefficient
}

// AddResizeTo adds a resize to the size that a tensor holds; op has none.
func (n *Network) AddResizeTo(name string, x, size *Tensor, op Resize) *Tensor {
	return n.add(name, op, x, size)
}

// Kind returns KindResize.
func (op Resize) Kind() Kind { return KindResize }

// Operands names the input and, if given, the size.
func (op Resize) Operands(n int) []string { return atMost(n, 1, "input", "size") }

func (op Resize) shapeInputs(n int) []int { return span(1, n) }

// WithWeights returns op: it holds none.
func (op Resize) WithWeights([]*Weights) Op { return op }

// Infer returns Size, or out = floor(in*scale). TensorRT interpolates linearly
// and cubically in the last three axes, picks the nearest in the last four, and
// says so only at build.
func (op Resize) Infer(in []Info, _ Target) ([]Info, error) {
	x := in[0]
	rank := len(x.Dims)
	if err := wantFloat("input", x); err != nil {
		return nil, err
	}
	if err := wantRank("input", x, 1); err != nil {
		return nil, err
	}
	if err := op.checkChoices(); err != nil {
		return nil, err
	}
	if len(in) == 2 {
		return op.to(x, in[1])
	}
	out := op.Size.Clone()
	if (op.Scales == nil) == (op.Size == nil) || max(len(op.Scales), len(op.Size)) != rank {
		return nil, &Error{Operand: "scales or size", Msg: fmt.Sprintf("one of them must have an entry for each of %d dimensions", rank), Found: fmt.Sprintf("%v, %v", op.Scales, op.Size)}
	}
	if op.Size == nil {
		out = x.Dims.Clone()
		for i, s := range op.Scales {
			if out[i] != Dynamic {
				out[i] = int64(math.Floor(float64(float32(out[i]) * s)))
			}
			if !(s > 0 && s < 1<<31) || out[i] == 0 {
				return nil, &Error{Operand: "scales", Msg: fmt.Sprintf("leave nothing of dimension %d", i), Found: fmt.Sprint(op.Scales)}
			}
		}
	}
	most := 3
	if op.Mode == ResizeNearest {
		most = 4
	}
	for i, e := range out {
		changed := e != x.Dims[i] && x.Dims[i] != Dynamic
		if op.Scales != nil {
			changed = op.Scales[i] != 1
		}
		if e == 0 || e < Dynamic || op.Size != nil && e == Dynamic {
			return nil, &Error{Operand: "size", Msg: "must be positive", Found: out.String()}
		}
		if changed && i < rank-most {
			return nil, &Error{Operand: "scales or size", Msg: fmt.Sprintf("change dimension %d; mode %s resizes the last %d", i, op.Mode, most), Expected: x.Dims.String(), Found: out.String()}
		}
	}
	return []Info{{Type: x.Type, Dims: out}}, nil
}

// to infers from a size that is an input. How many axes may change TensorRT asks
// of a parameter only.
func (op Resize) to(x, size Info) ([]Info, error) {
	if op.Scales != nil || op.Size != nil {
		return nil, &Error{Operand: "size", Msg: "is given twice, as a parameter and as an input", Found: fmt.Sprintf("%v, %v", op.Scales, op.Size)}
	}
	if err := wantShape("size", size); err != nil {
		return nil, err
	}
	if len(size.Values) != len(x.Dims) {
		return nil, &Error{Operand: "size", Msg: "must have an entry for each dimension", Expected: fmt.Sprint(len(x.Dims)), Found: fmt.Sprint(len(size.Values))}
	}
	out := make(Dims, len(size.Values))
	for i, e := range size.Values {
		if e.Known && e.Int < 1 {
			return nil, &Error{Operand: "size", Msg: "must be positive", Found: fmt.Sprint(size.Values)}
		}
		out[i] = e.extent()
	}
	return []Info{{Type: x.Type, Dims: out}}, nil
}

func (op Resize) checkChoices() error {
	if err := wantOneOf("mode", op.Mode, ResizeNearest, ResizeLinear, ResizeCubic); err != nil {
		return err
	}
	if err := wantOneOf("coordinates", op.Coordinates, Asymmetric, HalfPixel, AlignCorners); err != nil {
		return err
	}
	if a := op.Coefficient(); a-a != 0 {
		return &Error{Operand: "cubic coefficient", Msg: "must be finite", Found: fmt.Sprint(a)}
	}
	if err := wantOneOf("single", op.Single, SingleFormula, SingleUpper); err != nil {
		return err
	}
	return wantOneOf("rounding", op.Rounding, RoundFloor, RoundCeil, RoundHalfUp, RoundHalfDown)
}
