// Package transform rewrites recorded networks into ones that compute the same
// function with fewer or simpler layers. A transformation takes a Network and
// returns a new one; weights stay lazy, so nothing but small vectors is read
// here and folding costs no pass of its own over the kernels.
//
// FoldBatchNorm removes batch normalization, which TensorRT does not have:
//
//	conv ─► batch_norm ─► …     becomes     conv ─► …
//
// The convolution keeps its name. What batch normalization knew of the
// distribution of its output stays on the tensor, as trt.Moments: later stages
// choose precisions from it without running the network.
package transform
