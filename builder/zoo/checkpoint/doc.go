// Package checkpoint makes plausible random checkpoints: weights that a
// network can run on with activations of order one at every depth, with
// BatchNorm statistics that fit them, and that differ wherever a mistake
// (another eps, a mean left out, two tensors swapped) should show.
//
// Every value is a function of (seed, tensor name, index), so any part of any
// tensor can be made by itself, in any order, on any number of cores:
//
//	key  = mix(mix(seed) ^ fnv1a(name))
//	word = mix(key + (index+1)*0x9e3779b97f4a7c15)
//
// mix is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable
// pseudorandom number generators", 2014) and fnv1a the 64-bit FNV-1a hash, so
// the words are the outputs of SplitMix64 started at key. A word's four 16-bit
// lanes, lowest first, give the integer
//
//	bell = lane0 + lane1 - lane2 - lane3
//
// which is bell-shaped with mean 0, standard deviation 2^16/sqrt(3) and range
// (-2^17, 2^17). A value is such an integer plus an integer offset, times a
// power of two: nothing is ever rounded, and the NumPy twin under testdata/gen
// gives the same bits.
//
//	kind           value                        about
//	ConvWeight     bell * 2^-(17+q)             std 1.15 * 2^-(q+2)
//	LinearWeight   bell * 2^-(15+q)             std 1.15 * 2^-q
//	Bias, BNBeta   bell * 2^-18                 std 0.14, within 0.5
//	BNGamma        (2^18 + bell) * 2^-18        1, std 0.14
//	BNGammaLast    (2^18 + bell) * 2^-20        1/4, std 0.04
//	BNMean         bell * 2^-20                 std 0.036
//	BNVar          (2^16 + 3*lane0) * 2^-(17+r) 2^-r times uniform [0.5, 2)
//	BNTracked      1 + lane0 mod 1024
//	Input          bell * 2^-15                 std 1.15, within 4
//	Image          lane0 * 2^-16                uniform [0, 1)
//
//	SiLUConvWeight       k * bell * 2^-(23+q)          std 0.35 / sqrt(n)
//	SiLUFusedConvWeight  k * bell * 2^-(21+q)          std 1.38 / sqrt(n)
//	SiLUBNBeta           bell * 2^-16                  std 0.58, within 2
//	SiLUBNVar            15 * (2^16 + 3*lane0) * 2^-25 1/17 times uniform [0.5, 2)
//	ScoreBias            (bell - 2^18) * 2^-17         -2, std 0.29
//	DistanceBias         (bell - d^2 * 2^16) * 2^-18   -d^2/4, std 0.14; d = index mod 16 - 3, at most 6
//	AnchorBias           (bell - e) * 2^-18            std 0.14; e = 3*2^17 (-1.5) for the logits 2 and 3 of an anchor, else 0
//	Constant             as given
//
// The powers follow from the fan-in n, the number of products that one output
// sums up. q is the integer with 2n in [4^q, 4^(q+1)), so f = n/4^q is in
// [0.5, 2) and a convolution over inputs of mean square m has output variance
// m*f/12. r is 4 when n >= 4^q and 5 below: 2^-r is that variance for m = 3/4,
// to a factor in (0.5, 2]. The variances are well below one so that eps
// matters: 1e-3 in place of 1e-5 moves each BatchNorm's scale by about 1 %.
//
// A ReLU keeps the ratio of a too large or too small activation; SiLU raises
// it, so the factor 2 that q leaves open would add up over a hundred layers.
// The SiLU kinds therefore have a gain k, the integer nearest to
// sqrt(23 * 4^(q+4) / n), and a convolution over inputs of mean square m has
// output variance 1.92*m behind its BatchNorm, or when fused. SiLUBNBeta makes
// up for what SiLU takes away: activations before it settle at a std of about
// one, whatever the depth. Behind a detector's trunk a LinearWeight gives class
// scores of many values, and a ConvWeight boxes that differ by pixels but are as
// large as objects are.
package checkpoint
