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
	Image     // the same within 0 and 1

	// For networks of SiLU, which forgives less than ReLU: gains that fit the
	// fan-in closely, and shifts that keep activations from fading.
	SiLUConvWeight      // weight with a BatchNorm behind it
	SiLUFusedConvWeight // weight that a BatchNorm was folded into
	SiLUBNBeta          // and the bias of a fused convolution
	SiLUBNVar
	ScoreBias    // of the logits of a detector's class scores
	DistanceBias // of the logits of 16 bins of distances: most weight on the bin of 3
	AnchorBias   // of the logits of an anchor's x, y, width, height and scores: boxes smaller than the anchor
	Constant     // the same in every checkpoint: Tensor.Values
)

var kindNames = [...]string{
	"conv weight", "linear weight", "bias", "batch-norm weight", "last batch-norm weight",
	"batch-norm bias", "running mean", "running variance", "batches tracked", "input", "image",
	"conv weight before SiLU", "fused conv weight before SiLU", "batch-norm bias before SiLU", "running variance before SiLU",
	"score bias", "distance bias", "anchor bias", "constant",
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
	FanIn int64 // products per output of the layer, for the weights and BNVar; for AnchorBias the logits of an anchor

	Values []float32 // of a Constant, as many as Shape has; they repeat when fewer
	Buffer bool      // of a Constant: it is no parameter
}

// IsBuffer reports whether the tensor is one that training does not learn.
func (t Tensor) IsBuffer() bool {
	switch t.Kind {
	case BNMean, BNVar, SiLUBNVar, BNTracked:
		return true
	}
	return t.Buffer
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
	offset, gain := int64(0), int64(1)
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
	case Image:
		shift = 16
	case SiLUConvWeight:
		gain, shift = siluGain(t.FanIn, q), 23+q
	case SiLUFusedConvWeight:
		gain, shift = siluGain(t.FanIn, q), 21+q
	case SiLUBNBeta:
		shift = 16
	case SiLUBNVar:
		shift = 25
	case ScoreBias:
		offset, shift = -1<<18, 17
	case DistanceBias, AnchorBias:
		shift = 18
	case Constant:
		for i := range dst {
			dst[i] = t.Values[(from+int64(i))%int64(len(t.Values))]
		}
		return
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
	case Image:
		for i := range dst {
			word += golden
			dst[i] = float32(mix(word)&0xffff) * scale
		}
	case DistanceBias:
		for i := range dst {
			word += golden
			d := min((from+int64(i))%16-3, 6)
			dst[i] = float32(bell(mix(word))-d*d<<16) * scale
		}
	case AnchorBias:
		for i := range dst {
			word += golden
			v := bell(mix(word))
			if f := (from + int64(i)) % t.FanIn; f == 2 || f == 3 {
				v -= 3 << 17
			}
			dst[i] = float32(v) * scale
		}
	case SiLUBNVar:
		for i := range dst {
			word += golden
			dst[i] = float32(15*(1<<16+3*(mix(word)&0xffff))) * scale
		}
	case BNTracked:
		for i := range dst {
			word += golden
			dst[i] = float32(1 + mix(word)&0x3ff)
		}
	default:
		for i := range dst {
			word += golden
			dst[i] = float32(offset+gain*bell(mix(word))) * scale
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

// siluGain returns the integer nearest to sqrt(23 * 4^(q+4) / n): 54 to 109.
func siluGain(n int64, q int) int64 {
	if n < 1 {
		return 1
	}
	// A square below 2^53 has an exact float64, so the root is never rounded up.
	return (int64(math.Sqrt(float64(92<<(2*q+8)/n))) + 1) / 2
}
