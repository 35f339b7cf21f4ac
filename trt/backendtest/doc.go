// Package backendtest is the one conformance suite of trt.Backend, and the
// table of single layers that the rules of package trt are proven on.
//
// # The table
//
// Cases returns layers as data: parameters, weights, types and dimensions of
// the inputs, and what must come of it. Four parties play it:
//
//   - The test of package trt records each case: what is to be accepted has the
//     stated outputs, what is to be refused is refused at the add, with the
//     stated words.
//   - The test of this package holds the table against what TensorRT-RTX
//     answered to each case through NVIDIA's own binding (testdata/gen/rules.py
//     asks, testdata/answers.jsonl holds the answers): the outputs of accepted
//     cases are TensorRT's, and refused ones are either refused by it too or
//     ours, for the reason that Stricter gives.
//   - Run builds every accepted case on a backend, by way of the recorder.
//   - The native backend replays the refused cases below the recorder.
//
// # The suite
//
// Run holds for every backend: what the recorder accepts is built; the same
// network gives the same bytes; a cancelled context ends a build before and
// during its work with the context's error; progress is reported; profiles are
// checked; errors have a kind; a failed build says so.
package backendtest
