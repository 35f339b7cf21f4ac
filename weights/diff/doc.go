// Package diff compares two weight files tensor by tensor: which are missing or
// extra, whose shapes or types changed, and how far the values are apart.
//
// B is held against A, which is taken to be right: an element is within the
// tolerance when |b-a| <= Atol + Rtol*|a|, as NumPy's allclose has it. Values
// are compared as float32, those of types that float32 cannot hold as float64.
// NaN equals NaN of any payload and infinity equals infinity of the same sign;
// against anything else they are beyond every tolerance.
//
// Both files are read once, on all cores, a chunk of each at a time.
package diff
