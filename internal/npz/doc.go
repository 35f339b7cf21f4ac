// Package npz reads and writes NumPy's .npy arrays and .npz archives of them,
// as far as tensors need: numeric types in row-major order.
//
// The format is that of NumPy's NEP 1 (versions 1.0 to 3.0).
package npz
