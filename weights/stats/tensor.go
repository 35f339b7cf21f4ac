package stats

import "github.com/trtbuild/trtbuild/weights/dtype"

// Tensor is what was measured of one tensor. Its JSON is that of the tensors of
// trtbuild.ranges/1.
type Tensor struct {
	Name  string     `json:"name"`
	Type  dtype.Type `json:"dtype"`
	Shape []int64    `json:"shape"` // null: the format does not record it
	Role  string     `json:"role"`
	// Skipped says why nothing was measured but the count; empty: it was.
	Skipped string `json:"skipped,omitempty"`
	Risk    Risk   `json:"risk"`
	Summary
	Histogram Histogram `json:"histogram"`
	// Channels are the output channels, by the first axis; of a tensor whose
	// shape is not known, or that has one value in each or more than MaxChannels
	// of them, the tensor as a whole. Empty tensors have none.
	Channels []Channel `json:"channels"`
}

// Channel is what was measured of one output channel.
type Channel struct {
	Index int `json:"channel"`
	Summary
}

// Summary is what was measured of a set of values. Min to Std are of the finite
// ones; a set without any has zeros there.
type Summary struct {
	Count         int64   `json:"count"`
	Min           float32 `json:"min"`
	Max           float32 `json:"max"`
	AbsMinNonzero float32 `json:"absmin_nonzero"` // 0: all values are zero
	AbsMax        float32 `json:"absmax"`
	Mean          float64 `json:"mean"`
	Std           float64 `json:"std"` // of the population
	Zeros         int64   `json:"zeros"`
	NaN           int64   `json:"nan"`
	Inf           int64   `json:"inf"`
	FP16          FP16    `json:"fp16"`
	BF16          Loss    `json:"bf16"`
	TF32          Loss    `json:"tf32"`
	INT8          INT8    `json:"int8"`
}

// FP16 is what rounding to float16, to nearest even, does.
type FP16 struct {
	Overflow     int64         `json:"overflow"`                // become infinite: magnitudes from 65520 on
	Subnormal    int64         `json:"subnormal"`               // keep fewer than 11 bits: 2^-24 to below 2^-14
	Flushed      int64         `json:"flushed"`                 // become zero and were not
	SQNR         Decibels      `json:"sqnr_db"`                 //
	SQNRFlush    Decibels      `json:"sqnr_flush_db"`           // where the device flushes subnormals to zero
	WorstChannel *WorstChannel `json:"worst_channel,omitempty"` // of a tensor with channels
}

// WorstChannel is the channel that FP16 treats worst: lowest SQNR with flush.
type WorstChannel struct {
	Index     int      `json:"channel"`
	AbsMax    float32  `json:"absmax"`
	SQNR      Decibels `json:"sqnr_db"`
	SQNRFlush Decibels `json:"sqnr_flush_db"`
}

// Loss is what rounding to a type with the exponents of float32 does.
type Loss struct {
	Overflow int64    `json:"overflow"`
	SQNR     Decibels `json:"sqnr_db"`
}

// INT8 is what symmetric quantization to -127…127 does, the scale being the
// largest magnitude over 127.
type INT8 struct {
	PerTensor  Decibels `json:"sqnr_db"`             // one scale; of a channel: with the tensor's scale
	PerChannel Decibels `json:"sqnr_per_channel_db"` // one scale for each output channel
}

// LinearBins is the number of bins of the linear histogram.
const LinearBins = 100

// Histogram counts the magnitudes of the finite values in two ways.
type Histogram struct {
	// Linear has bins of equal width from 0 to the largest magnitude, which is
	// in the last one.
	Linear [LinearBins]int64 `json:"linear"`
	// Log2 has one bin for each power of two: values with 2^k <= |x| < 2^(k+1)
	// are in Log2[k-Log2From]. Zeros are in none; float32 subnormals are in
	// the bin of their own exponent, from 2^-149 on.
	Log2From int     `json:"log2_from"`
	Log2     []int64 `json:"log2"` // empty: all values are zero
}
