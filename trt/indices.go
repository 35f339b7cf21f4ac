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
