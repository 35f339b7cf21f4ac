//go:build !goexperiment.simd || !amd64 || !go1.26 || go1.27

package oracle_test

// slowest is how many times ONNX Runtime's time a run may take: 15 times what it
// may with vector instructions.
const slowest = 6 * 15
