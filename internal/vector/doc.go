// Package vector holds loops over slices of floats that CPU inference spends
// its time in: in vector instructions where the processor has AVX2, in plain Go
// elsewhere. Both give the same bits, but for Sigmoid, which agrees to 4 units in
// the last place, and MulAdd, which rounds once or twice. Sources and destinations
// may be the same slices, and have the same length.
package vector
