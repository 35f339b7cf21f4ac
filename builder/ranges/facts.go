package ranges

import (
	"math"

	"github.com/trtbuild/trtbuild/internal/chanstat"
)

// Facts are what is known of a network's weights and tensors.
type Facts struct {
	// Weights holds the float32 weights of every layer.
	Weights map[Place]*Weight
	// Tensors holds the floating-point tensors, by name, of which anything is
	// known.
	Tensors map[string]*Tensor
}

// Place is where a weight is used.
type Place struct{ Layer, Operand string }

// Weight is one weight of the network, after folding.
type Weight struct {
	Values   []float32 // valid until the analysed network is closed
	Channels []chanstat.Stats
	Total    chanstat.Stats
}

// Tier says how sure a statement about a tensor is.
type Tier string

// The tiers, from what is proven to what is taken for granted.
const (
	Certified   Tier = "certified"   // holds for every input
	Statistical Tier = "statistical" // follows from BatchNorm's running statistics or the declared input
	Assumed     Tier = "assumed"     // follows from an input of which nothing was declared
)

// Tensor is what is known of a tensor.
type Tensor struct {
	// Tier is that of the moments. Bounds can be better, see Channel.
	Tier Tier
	// Channels has an entry for each channel, or one that stands for all.
	Channels []Channel
}

// Channel is what is known of the elements of one channel.
type Channel struct {
	Mean, Var float64
	// Bound is the largest magnitude to reckon with: the tighter of
	// |mean| + 8 standard deviations, as the layers before leave it, and the
	// certified bound.
	Bound float64
	// Low and High are certified; infinite where nothing is.
	Low, High float64
}

// deviations is how far from the mean a bound lies: with a margin of two it
// covers the maxima of Gaussian (5.6) and Laplacian (14.2) values in 2e7
// elements.
const deviations = 8

// MeanSquare returns the mean of the squares.
func (c Channel) MeanSquare() float64 { return c.Var + c.Mean*c.Mean }

// Std returns the standard deviation.
func (c Channel) Std() float64 { return math.Sqrt(c.Var) }

// Certified returns whether Bound holds for every input.
func (c Channel) Certified() bool { return c.Bound >= max(-c.Low, c.High) }

// normal returns a channel of which only the moments are known.
func normal(mean, variance float64) Channel {
	return Channel{
		Mean: mean, Var: variance, Bound: math.Abs(mean) + deviations*math.Sqrt(variance),
		Low: math.Inf(-1), High: math.Inf(1),
	}
}

// within narrows the certified interval and the bound with it.
func (c Channel) within(low, high float64) Channel {
	c.Low, c.High = max(c.Low, low), min(c.High, high)
	c.Bound = min(c.Bound, max(-c.Low, c.High))
	return c
}

// mixture returns the channel whose elements are drawn from all of cs alike.
func mixture(cs []Channel) Channel {
	out := Channel{Low: math.Inf(1), High: math.Inf(-1)}
	square := 0.0
	for _, c := range cs {
		out.Mean += c.Mean / float64(len(cs))
		square += c.MeanSquare() / float64(len(cs))
		out.Bound = max(out.Bound, c.Bound)
		out.Low, out.High = min(out.Low, c.Low), max(out.High, c.High)
	}
	out.Var = max(0, square-out.Mean*out.Mean)
	return out
}

// at returns the entry of channel i; a single entry stands for all.
func at[T any](all []T, i int) T {
	if len(all) == 1 {
		return all[0]
	}
	return all[i]
}
