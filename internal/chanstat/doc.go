// Package chanstat takes exact statistics of float32 values, per output
// channel of a weight tensor: extremes, moments, and what storing the values
// in 16 bits loses. It is fed chunk by chunk while values are decoded, from
// several goroutines, and its results do not depend on their timing.
//
// Stats are those of one set of values. A Collector keeps one Stats for each
// channel of a tensor.
//
// Sums are float64 and taken in a fixed order: four lanes, value i of a run
// going to lane i mod 4, values outside the normal range of float16 apart. The
// loop on 256-bit vectors, used on amd64 when built with GOEXPERIMENT=simd, has
// the same order, so its results are the same bit for bit.
package chanstat
