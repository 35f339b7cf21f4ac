package trt

import "fmt"

// shaper is implemented by ops with inputs that TensorRT reads before the
// network runs, to know the dimensions of what comes out.
type shaper interface {
	// shapeInputs returns the places of those among n inputs.
	shapeInputs(n int) []int
}

// ShapeInputs returns which of n inputs of op TensorRT reads before the network
// runs, because the dimensions of an output depend on their elements.
func ShapeInputs(op Op, n int) []int {
	if s, ok := op.(shaper); ok {
		return s.shapeInputs(n)
	}
	return nil
}

// ReadEarly returns the layers that TensorRT computes before the network runs, to
// know the dimensions of other tensors.
func (n *Network) ReadEarly() map[*Layer]bool {
	_, layers := n.early()
	return layers
}

// early returns the inputs and layers that lead to what is read as dimensions.
func (n *Network) early() (inputs map[*Tensor]bool, layers map[*Layer]bool) {
	var read []*Tensor
	for _, l := range n.layers {
		for _, i := range ShapeInputs(l.Op, len(l.Inputs)) {
			read = append(read, l.Inputs[i])
		}
	}
	inputs, layers = map[*Tensor]bool{}, map[*Layer]bool{}
	for t := range origins(byElements, read...) {
		if t.producer == nil {
			inputs[t] = true
		} else {
			layers[t.producer] = true
		}
	}
	return inputs, layers
}

// span lists the places from a to n.
func span(a, n int) []int {
	var out []int
	for i := a; i < n; i++ {
		out = append(out, i)
	}
	return out
}

// wantShape refuses what cannot be a list of extents: TensorRT computes those
// before the network runs, from dimensions, constants and integer inputs.
func wantShape(operand string, x Info) error {
	if err := wantType(operand, x, integers); err != nil {
		return err
	}
	if len(x.Dims) != 1 {
		return &Error{Operand: operand, Msg: "must have one dimension", Found: x.Dims.String()}
	}
	return wantFollowed(operand, x)
}

// wantCount refuses what is no integer of rank 0.
func wantCount(operand string, x Info) error {
	if err := wantType(operand, x, integers); err != nil {
		return err
	}
	if len(x.Dims) != 0 {
		return &Error{Operand: operand, Msg: "must have rank 0", Found: x.Dims.String()}
	}
	return nil
}

// wantFollowed refuses integers that TensorRT does not compute before the network
// runs.
func wantFollowed(operand string, x Info) error {
	if x.Values == nil {
		return &Error{Operand: operand, Msg: fmt.Sprintf("must be computed from dimensions, constants and integer inputs of at most %d elements", maxElements), Found: fmt.Sprintf("%s %v", x.Type, x.Dims)}
	}
	return wantElements(operand, x)
}

// wantElements refuses elements that no dimension can be.
func wantElements(operand string, x Info) error {
	for i, e := range x.Values {
		if e.fault != "" {
			return &Error{Operand: operand, Msg: fmt.Sprintf("has no element %d: %s", i, e.fault)}
		}
		if e.Known && (e.Int > maxExtent || e.Int < -maxExtent) {
			return &Error{Operand: operand, Msg: "is too large", Found: fmt.Sprint(e.Int)}
		}
	}
	return nil
}

// known are elements for numbers that are parameters.
func known(d Dims) []Element {
	out := make([]Element, len(d))
	for i, v := range d {
		out[i] = whole(v)
	}
	return out
}

// extent is the extent that an element stands for.
func (e Element) extent() int64 {
	if e.Known {
		return e.Int
	}
	return Dynamic
}

func (e Element) String() string {
	if e.Known {
		return fmt.Sprint(e.Int)
	}
	return "?"
}
