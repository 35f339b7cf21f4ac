// Package cbridge is the C ABI between this module and TensorRT, and its raw
// Go binding: one Go function for each function of bridge.h, one Go type for
// each handle, no policy.
//
// # Three parts
//
// bridge.h draws the line. The C++ in src, compiled once for each ABI family of
// TensorRT into libtrtbridge_FAMILY.so, stands on the far side and is the only
// code that names TensorRT's classes and numbers. The Go files here stand on
// the near side; they and loader.c are built with the tag tensorrt and cgo, and
// need neither NVIDIA's headers nor its library to compile. Without the tag this
// package is empty.
//
// # Loading
//
// LibraryVersion asks a TensorRT library what it is, Family names the shim that
// serves it, and Load finds that shim: where the caller or TRTBUILD_BRIDGE
// says, else inside this program, beside it, or in the user's cache. What is
// found is checked against the family, the ABI number and the table size that
// were asked for. Shims and libraries stay mapped for the life of the process.
//
// # Handles and errors
//
// Free is idempotent and accepts a nil receiver; the order of frees does not
// matter. A handle is used by one goroutine at a time. Failures are *Error,
// with TensorRT's own words in Native. LiveHandles must be zero when a test
// binary ends.
//
// # Memory
//
// Nothing is copied on the way. Weights.Values must lie outside the Go heap or
// be pinned, mapped and unchanged, until the last Build of the network has
// returned. All else is read during the call and not kept.
package cbridge
