package zoo

import (
	"slices"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/trt"
)

// Input describes a network's image input [N,Channels,Height,Width] and what
// its values are like.
type Input struct {
	Name                    string
	Channels, Height, Width int64
	Sizes                   Sizes // around Height and Width; the zero value: no other
	Preprocessing           preprocess.Recipe

	// Lo and Hi bound every value after preprocessing. Mean and Std are the
	// moments of each channel over the data that the network was made for.
	Lo, Hi    float64
	Mean, Std []float64
}

// opt, least and most are the dimensions that the network is optimized for and
// the ends of its profile.
func (in Input) opt(b Batch) trt.Dims { return trt.Dims{b.Opt, in.Channels, in.Height, in.Width} }

func (in Input) least(b Batch) trt.Dims { return in.bound(b.Min, in.Sizes.Min) }

func (in Input) most(b Batch) trt.Dims { return in.bound(b.Max, in.Sizes.Max) }

func (in Input) bound(batch int64, s Size) trt.Dims {
	if s == (Size{}) {
		s = Size{in.Height, in.Width}
	}
	return trt.Dims{batch, in.Channels, s.Height, s.Width}
}

// dims are those of the network's input.
func (in Input) dims(b Batch) trt.Dims {
	d := in.opt(b)
	for i, lo := range in.least(b) {
		d[i] = extent(lo, in.most(b)[i])
	}
	return d
}

// normalized returns the input that a recipe makes of 8-bit pixels whose
// channels have its mean and standard deviation.
func normalized(name string, height, width int64, p preprocess.Recipe) Input {
	in := Input{Name: name, Channels: int64(len(p.Mean)), Height: height, Width: width, Preprocessing: p}
	lo, hi := make([]float64, len(p.Mean)), make([]float64, len(p.Mean))
	for c := range p.Mean {
		lo[c], hi[c] = -p.Mean[c]/p.Std[c], (255*p.Scale-p.Mean[c])/p.Std[c]
		in.Mean, in.Std = append(in.Mean, 0), append(in.Std, 1)
	}
	in.Lo, in.Hi = slices.Min(lo), slices.Max(hi)
	return in
}

// repeat returns n times v.
func repeat(v float64, n int64) []float64 { return slices.Repeat([]float64{v}, int(n)) }
