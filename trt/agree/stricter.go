package agree

import (
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/trt"
)

// Rule is one thing that trt refuses on purpose and the library does not.
type Rule struct {
	Name   string
	Native string     // what the library says of it
	Why    string     // why we refuse it
	Says   []string   // parts of our refusals, any of which will do
	Kinds  []trt.Kind // nil: any
}

// Stricter are all of them. A rule that nothing needs fails TestAgreement.
var Stricter = []Rule{
	{
		Name: "empty tensors", Native: "builds, even what it refuses of others",
		Why:  "nothing can be computed of them; it is a mistake in the numbers that made them",
		Says: []string{"expected -1 or more than 0, found 0", "leaves nothing of", "leave nothing of", "must be at least 1", "k: is out of range", "must be positive", "input: is smaller than the window", "stride and dilation: cannot both be"},
	},
	{
		Name: "int8 without quantization", Native: "builds",
		Why:  "TensorRT does not say what a plain layer computes on int8 that no quantize layer made",
		Says: []string{"found int8"},
	},
	{
		Name: "a profile or a length that layers cannot run at", Native: "builds; the engine fails when it gets such an input, or as many iterations",
		Why:  "a range that the network cannot take misleads whoever reads it",
		Says: []string{" at min of profile ", " at opt of profile ", " at max of profile ", "is not the number of iterations"},
	},
	{
		Name: "a pooling window that sees padding only", Native: "builds",
		Why:   "a mean of nothing divides by 0 and a maximum of nothing is minus infinity; the frameworks refuse it too",
		Says:  []string{"must be less than the window", "would lie wholly behind", "is smaller than the window"},
		Kinds: []trt.Kind{trt.KindPooling},
	},
	{
		Name: "windows over other axes than those behind the channels", Native: "builds; the channels are the axis before the window's",
		Why:   "no framework has such an input, and everything else here takes axis 1 for the channels",
		Says:  []string{"must have rank"},
		Kinds: []trt.Kind{trt.KindConvolution, trt.KindDeconvolution, trt.KindPooling},
	},
	{
		Name: "scales that fit by accident", Native: "builds",
		Why:   "an axis that does not exist, or one scale where the input's extent is not known, is a mistake of whoever made them",
		Says:  []string{"axis: is not an axis"},
		Kinds: []trt.Kind{trt.KindQuantize, trt.KindDequantize},
	},
	{
		Name: "several spellings of a bias or a zero point", Native: "builds any of the right volume, one weight of a bias beside a kernel that is a tensor, and some zero points of float4",
		Why:   "equal layers must have equal operands",
		Says:  []string{"bias: has the wrong dimensions", "bias weights: have the wrong count", "zero point: must have the dimensions of the scale", "zero point: has a type"},
		Kinds: []trt.Kind{trt.KindConvolution, trt.KindDeconvolution, trt.KindQuantize, trt.KindDequantize},
	},
	{
		Name: "axes in several spellings, or such as are not there", Native: "builds",
		Why:  "equal layers must have equal parameters, so that equal networks have equal hashes",
		Says: []string{"axes: must be ascending", "axes: are missing", "axes: is not an axis", "axis: is not an axis", "batch dimensions: are out of range"},
	},
	{
		Name: "a parameter beside the input that takes its place", Native: "builds; the parameter is forgotten",
		Why:  "whoever reads the layer cannot see which of the two counts",
		Says: []string{"given twice"},
	},
	{
		Name: "numbers of weights and scales for extents that nobody said", Native: "builds",
		Why:   "their number would say nothing of each of the input's dynamic dimensions",
		Says:  []string{"needs the blocks' shape", "must be static from the channel axis on"},
		Kinds: []trt.Kind{trt.KindQuantize, trt.KindDequantize, trt.KindScale},
	},
	{
		Name: "numbers that a fill cannot hold", Native: "builds",
		Why:   "a fraction of an integer is cut off, a step of one axis is taken for all",
		Says:  []string{"as numbers make one dimension", "must be whole numbers"},
		Kinds: []trt.Kind{trt.KindFill},
	},
	{
		Name: "bounds and values to fill with in another type", Native: "builds, for some types",
		Why:   "TensorRT documents the output's type",
		Says:  []string{"alpha: has a type", "fill value: must have the type of the input"},
		Kinds: []trt.Kind{trt.KindFill, trt.KindSlice},
	},
	{
		Name: "more dimensions than the documentation allows", Native: "builds",
		Why:   "TensorRT documents two and three for scales that are found, four for LRN, that linear and cubic resize three axes, nearest four; no framework defines cubic sampling of volumes",
		Says:  []string{"must have 2 or 3 dimensions", "must have 4 dimensions", "resizes the last", "is for two spatial dimensions"},
		Kinds: []trt.Kind{trt.KindDynamicQuantize, trt.KindLRN, trt.KindResize, trt.KindGridSample},
	},
	{
		Name: "attention that may have no fused kernel", Native: "builds, for some lengths, masks and sizes, and some numbers of heads that are dynamic",
		Why:   "what decides is not documented; a decomposable attention of so many heads always builds",
		Says:  []string{"make the attention decomposable", "must have a static number of heads"},
		Kinds: []trt.Kind{trt.KindAttention},
	},
	{
		Name: "values that may be longer than their keys", Native: "builds where the key's length is dynamic and the value's is not, not the other way",
		Why:   "each key has one value",
		Says:  []string{"must have the dimensions of the key"},
		Kinds: []trt.Kind{trt.KindAttention},
	},
	{
		Name: "iterating backwards without a trip count", Native: "builds",
		Why:   "TensorRT documents the entry to begin at by the trip count alone",
		Says:  []string{"begins at the end, which only a trip count says"},
		Kinds: []trt.Kind{trt.KindLoop},
	},
	{
		Name: "a body that reads something else than it was recorded for", Native: "builds where nothing is computed of it",
		Why:   "a body says what it reads",
		Says:  []string{"is not what the body reads"},
		Kinds: []trt.Kind{trt.KindIf, trt.KindLoop},
	},
	{
		Name: "einsums that build by chance", Native: "builds, for some shapes of the inputs and numbers of them",
		Why:   "what decides is not documented, and equal terms say more",
		Says:  []string{"to the ellipsis", "is summed over an axis that one input stretches"},
		Kinds: []trt.Kind{trt.KindEinsum},
	},
	{
		Name: "loops and attention in conditionals", Native: "builds, for some orders of operands, for dynamic dimensions that a profile leaves one extent, and attention in a branch that is always taken",
		Why:   "what decides is an internal error of the library",
		Says:  []string{"has a loop that reads a tensor from outside", "has a loop, which TensorRT-RTX does not build", "has an attention, which TensorRT-RTX builds outside"},
		Kinds: []trt.Kind{trt.KindIf, trt.KindLoop},
	},
	{
		Name: "experts of several types", Native: "infers it, and builds no mixture of experts that could show more",
		Why:   "TensorRT documents no conversion",
		Says:  []string{"must have the type of hidden"},
		Kinds: []trt.Kind{trt.KindMoE},
	},
}

func (r Rule) covers(c Config, ours, theirs Answer) bool {
	return ours.Stage != Accepted && theirs.Stage == Accepted &&
		(r.Kinds == nil || slices.Contains(r.Kinds, c.Op.Kind())) &&
		slices.ContainsFunc(r.Says, func(part string) bool { return strings.Contains(ours.Text, part) })
}
