package zoo

import (
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// Input describes a network's image input [N,Channels,Height,Width] and what
// its values are like.
type Input struct {
	Name                    string
	Channels, Height, Width int64
	Preprocessing           Preprocessing

	// Lo and Hi bound every value after preprocessing. Mean and Std are the
	// moments of each channel over the data that the network was made for.
	Lo, Hi    float64
	Mean, Std []float64
}

func (in Input) dims(batch int64) trt.Dims {
	return trt.Dims{batch, in.Channels, in.Height, in.Width}
}

// Preprocessing is what the network expects to have been done to an image:
// value = (pixel*Scale - Mean) / Std in each channel. None of it is in the
// weights.
type Preprocessing struct {
	Layout string    `json:"layout"`
	Colour string    `json:"colour"` // "rgb" or "gray"
	Scale  float64   `json:"scale"`
	Mean   []float64 `json:"mean"`
	Std    []float64 `json:"std"`
	Resize string    `json:"resize"`
	Source string    `json:"source"` // whose convention it is
}

// normalized returns the input that Preprocessing makes of 8-bit pixels whose
// channels have its mean and standard deviation.
func normalized(name string, height, width int64, p Preprocessing) Input {
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
