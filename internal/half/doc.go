// Package half converts between float32 and the two 16-bit floating-point
// formats, in bulk: IEEE 754 binary16 ("float16") and bfloat16, the upper half
// of a float32. It does float8_e4m3fn and its scales too, one at a time, which
// have no infinity and saturate. Conversions to 16 bits round to nearest, ties to even, keep
// subnormals and turn what is too large into infinity; they never clamp.
//
// A NaN keeps its sign and the upper bits of its payload and becomes quiet, as
// the processors' own conversion instructions do.
//
// Built with GOEXPERIMENT=simd on amd64, the loops run on 256-bit vectors
// where the processor has AVX2; results are the same bit for bit.
package half
