// Package mock is a backend without TensorRT, for development and tests. It
// refuses what the TensorRT of the given target refuses, as far as that is
// known, reports phases and honours cancellation like it, and writes a
// deterministic plan with a magic of its own that no TensorRT takes for an
// engine. Its engines run on the CPU reference, refexec.
//
// Failures that real machines have and tests need (memory that runs out, a
// library of another version, cancellation in the middle) are injected with
// Options.Fault.
package mock
