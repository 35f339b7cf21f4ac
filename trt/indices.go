package trt

import "github.com/trtbuild/trtbuild/weights/dtype"

// indexType returns the type of the indices that an op makes.
func indexType(t dtype.Type) dtype.Type {
	if t == dtype.Invalid {
		return dtype.Int32
	}
	return t
}

// wantIndexType refuses a type that indices cannot be made in.
func wantIndexType(t dtype.Type) error {
	return wantType("index type", Info{Type: indexType(t)}, integers)
}

// wantGPUBuilder refuses TensorRT-RTX, whose ahead-of-time builder infers layers
// of data-dependent extents but has nothing that runs them.
func wantGPUBuilder(t Target) error {
	if t.Product == RTX {
		return &Error{Msg: "has no implementation in the ahead-of-time builder of TensorRT-RTX", Expected: Enterprise.String(), Found: RTX.String()}
	}
	return nil
}

// addTwo is add for ops of two outputs.
func (n *Network) addTwo(name string, op Op, in ...*Tensor) (first, second *Tensor) {
	out := n.Add(name, op, in...)
	return out[0], out[len(out)-1]
}
