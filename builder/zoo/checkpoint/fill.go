package checkpoint

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/bits"
)

// Kind is the part a tensor plays in its network; it decides the distribution.
type Kind uint8

// The kinds. The table in the package documentation has their distributions.
const (
	ConvWeight   Kind = iota // weight with a BatchNorm behind it
	LinearWeight             // weight without: linear layers, and convolutions with a bias of their own
	Bias
	BNGamma
	BNGammaLast // weight of the last BatchNorm of a residual branch: small, so that sums stay of order one
	BNBeta
	BNMean
	BNVar
	BNTracked // num_batches_tracked
	Input     // not a weight: values for a network's input
)

var kindNames = [...]string{
	"conv weight", "linear weight", "bias", "batch-norm weight", "last batch-norm weight",
	"batch-norm bias", "running mean", "running variance", "batches tracked", "input",
}

// String returns the kind in words.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// Tensor specifies one tensor of a checkpoint.
type Tensor struct {
	Name  string
	Shape []int64 // empty: a scalar
	Kind  Kind
	FanIn int64 // products per output of the layer, for the weights and BNVar
}

// Count returns the number of elements.
func (t Tensor) Count() int64 {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Fill sets dst to the values of t from element index from on, for the given
// seed. Disjoint ranges may be filled concurrently.
func Fill(t Tensor, seed uint64, from int64, dst []float32) {
	h := fnv.New64a()
	h.Write([]byte(t.Name))
	word := mix(mix(seed)^h.Sum64()) + uint64(from)*golden

	q := halfLog2(t.FanIn)
	var offset int64
	var shift int
	switch t.Kind {
	case ConvWeight:
		shift = 17 + q
	case LinearWeight:
		shift = 15 + q
	case Bias, BNBeta:
		shift = 18
	case BNGamma:
		offset, shift = 1<<18, 18
	case BNGammaLast:
		offset, shift = 1<<18, 20
	case BNMean:
		shift = 20
	case BNVar:
		shift = 21
		if t.FanIn < 1<<(2*q) {
			shift++
		}
	case BNTracked:
	case Input:
		shift = 15
	default:
		panic("checkpoint: " + t.Kind.String())
	}
	scale := float32(math.Ldexp(1, -shift))

	switch t.Kind {
	case BNVar:
		for i := range dst {
			word += golden
			dst[i] = float32(1<<16+3*(mix(word)&0xffff)) * scale
		}
	case BNTracked:
		for i := range dst {
			word += golden
			dst[i] = float32(1 + mix(word)&0x3ff)
		}
	default:
		for i := range dst {
			word += golden
			dst[i] = float32(offset+bell(mix(word))) * scale
		}
	}
}

// golden is the increment of SplitMix64: 2^64 over the golden ratio, odd.
const golden = 0x9e3779b97f4a7c15

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func bell(w uint64) int64 {
	return int64(uint16(w)) + int64(uint16(w>>16)) - int64(uint16(w>>32)) - int64(w>>48)
}

// halfLog2 returns the q with 2n in [4^q, 4^(q+1)).
func halfLog2(n int64) int {
	return max(0, bits.Len64(uint64(2*n))-1) / 2
}
