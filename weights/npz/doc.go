// Package npz reads NumPy's .npy arrays and the .npz archives of them, as
// numpy.savez and numpy.savez_compressed write them, as weight files. Tensors
// have the names of the archive's members without .npy; a lone array has that of
// its file.
//
// Opening reads the archive's directory and the header of each array. Arrays that
// are stored in little-endian and row-major order, as nearly all are, are read by
// position, once the archive's CRC-32 of them has been found to be right. Others
// (compressed, big-endian, in Fortran order) have to be unpacked as a whole: that
// happens when values are first asked for, and the arrays last used are kept.
//
// Arrays of Python objects are pickles, and refused by name; so are records,
// text and dates. The format is that of NumPy's NEP 1, versions 1.0 to 3.0.
package npz
