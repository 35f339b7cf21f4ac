// Package convert writes the tensors of any weight file as .wts, .wts2 or
// .safetensors. Values are read, checked, encoded and written a chunk at a
// time, so that memory does not depend on the file's size, and tensors keep
// their order: readers exist that go by it alone.
//
// Nothing is lost in silence. .wts has only float32, and float16 in the dialects
// with a type. An integer or a float64 that no float32 equals is an error that
// names it, unless rounding is allowed; a finite value that --half would make
// infinite is one always. Text has no shapes; those that are known are returned
// for a sidecar.
package convert
