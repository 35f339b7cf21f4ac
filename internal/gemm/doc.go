// Package gemm multiplies matrices for the CPU reference: a blocked product on
// all cores whose right operand and result are functions, so that a convolution
// is a product over image patches that are never stored as a whole.
//
// The left operand is read where it lies, without a copy of it; the right one is
// packed, block by block, into panels as wide as the kernel's tile. There is a
// kernel for AVX-512, one for AVX2, both with fused multiply-add, and a portable
// one. They agree to 1e-6 of the sum of the absolute products in float32 and to
// 1e-15 in float64.
//
// The order in which the K products of an element are summed depends on nothing
// but K and the kernel: results are the same for any number of workers and any
// tiling.
package gemm
