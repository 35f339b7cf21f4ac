// Package native is the trt.Backend that drives the real TensorRT.
//
// Open opens a library and the shim that fits it, and makes a builder once, as
// that is the test whether the library can build on this machine. Build replays
// a recorded network layer by layer, checks that TensorRT infers for each tensor
// what package trt inferred, and writes the engine.
//
// # Weights
//
// TensorRT reads weights during its build, by pointer. A network that
// trt.Materialize returned is given to it as it is; any other is materialized
// first, into memory that is released when Build returns.
//
// # Errors
//
// *Error names our layer and carries TensorRT's own words. A cancelled build
// returns the context's error. TensorRT looks at a request to cancel between its
// steps only, and its compile phase is one step, so the wait may last nearly as
// long as the build; a build that finishes all the same counts as cancelled.
//
// # Without TensorRT
//
// A program built without the tag tensorrt, or without cgo, has the same
// package; its Open returns ErrNotBuilt.
package native
