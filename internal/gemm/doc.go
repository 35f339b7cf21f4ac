// Package gemm multiplies matrices for the CPU reference: a blocked product on
// all cores whose right operand and result are functions, so that a convolution
// is a product over image patches that are never stored as a whole.
//
// The order in which the K products of an element are summed depends on nothing
// but K: results are the same for any number of workers and any tiling.
package gemm
