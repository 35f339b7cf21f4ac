// Package oracle holds the CPU reference against ONNX Runtime. It writes
// recorded networks as ONNX models, runs them there, and its tests compare layer
// by layer and network by network what both compute, and how fast. Inputs are
// static; dimensions of outputs that depend on values ONNX Runtime finds itself.
//
// Some layers it cannot ask about. ONNX has no equal of MoE and of random fills,
// and none of some parameters, as an UnsupportedError says. ONNX Runtime 1.30
// computes little in bfloat16 and, but for quantization, in float8; types of 4
// bits do not cross its borders. It updates caches within their ends only, and
// wraps and reflects once.
//
// The library is fetched by `make oracle` into the user's cache.
package oracle
