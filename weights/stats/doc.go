// Package stats measures the tensors of a weight file: how large and how small
// their values are, per tensor and per output channel, and what FP16, BF16, TF32
// and INT8 would make of them.
package stats
