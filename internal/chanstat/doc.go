// Package chanstat takes exact statistics of float32 values, per output
// channel of a weight tensor: extremes, moments, and what storing the values
// in fewer bits loses. It is fed chunk by chunk while values are decoded, from
// several goroutines, and its results do not depend on their timing.
//
// Stats are those of one set of values. A Collector keeps one Stats for each
// channel of a tensor; it is all that a build needs and pays for. A Second visits
// the values again for what needs their extremes beforehand or is only shown:
// deviations, the losses in bfloat16 and INT8, histograms.
//
// Sums are float64 and taken in a fixed order: four lanes, value i of a run
// going to lane i mod 4, in a Collector values outside the normal range of
// float16 apart. The loops on 256-bit vectors, used on amd64 when built with
// GOEXPERIMENT=simd, have the same order, so their results are the same bit for
// bit.
package chanstat
