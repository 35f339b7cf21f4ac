// Package backendtest is the one conformance suite of trt.Backend, and the
// table of single layers that the rules of package trt are proven on.
//
// # The table
//
// Cases returns layers as data: parameters, weights, types and dimensions of
// the inputs, and what must come of it. Three parties play it:
//
//   - The test of package trt records each case: what is to be accepted has the
//     stated outputs, what is to be refused is refused at the add, with the
//     stated words.
//   - Run builds every accepted case on a backend, by way of the recorder.
//   - The native backend holds the outputs of the accepted cases against what
//     TensorRT infers and its engines against those of NVIDIA's own binding, and
//     replays the refused cases below the recorder: TensorRT refuses them too, or
//     Stricter says why we do.
//
// # The suite
//
// Run holds for every backend: what the recorder accepts is built; the same
// network gives the same bytes; a cancelled context ends a build before and
// during its work with the context's error; progress is reported; profiles are
// checked; errors have a kind; a failed build says so.
package backendtest
