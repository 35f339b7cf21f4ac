//go:build !tensorrt || !cgo

package native

// Compiled says that this program cannot drive TensorRT.
const Compiled = false

// Open returns ErrNotBuilt.
func Open(Options) (Backend, error) { return nil, ErrNotBuilt }

// Shims returns none: this program cannot load any.
func Shims(string) []Shim { return nil }
