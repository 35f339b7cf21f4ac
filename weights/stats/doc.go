// Package stats measures the tensors of a weight file: how large and how small
// their values are, per tensor and per output channel, and what FP16, BF16, TF32
// and INT8 would make of them.
//
// Measure reads every tensor twice in chunks, on all cores, and holds none of them
// in memory. Its results are exact or float64 sums in a fixed order: they depend on
// neither the number of cores nor on SIMD.
//
// The limits of FP16 are those of IEEE 754 binary16, rounded to nearest even:
// magnitudes from 65520 on become infinite, below 2^-14 subnormal, and up to 2^-25
// zero. ByRisk orders tensors by what that does to their worst channel.
package stats
