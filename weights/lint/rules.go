package lint

import (
	"fmt"
	"slices"
)

// Code is the stable name of a rule.
type Code string

// The codes. They are never reused for another meaning.
const (
	NaN               Code = "WL001"
	Infinity          Code = "WL002"
	NegativeVariance  Code = "WL003"
	TinyVariance      Code = "WL004"
	IncompleteNorm    Code = "WL005"
	DeadChannels      Code = "WL006"
	ConstantChannels  Code = "WL007"
	DefaultStatistics Code = "WL008"
	NoBatches         Code = "WL009"
	SharedStorage     Code = "WL010"
	SameValues        Code = "WL011"
	FP16Overflow      Code = "WL012"
	FP16Flush         Code = "WL013"
	FP16Subnormal     Code = "WL014"
	Float16AsFloat32  Code = "WL015"
	BFloat16AsFloat32 Code = "WL016"
	EmptyTensor       Code = "WL017"
	NotMeasured       Code = "WL018"
)

// The limits that rules go by.
const (
	// TinyVarianceLimit is a thousandth of PyTorch's default epsilon of BatchNorm.
	TinyVarianceLimit = 1e-5 / 1000
	// SubnormalShare is of the values that are not zero.
	SubnormalShare = 0.5
	// SmallestDuplicate is in elements; shorter tensors may be equal by chance.
	SmallestDuplicate = 16
)

// Severity grades a finding.
type Severity string

// The severities, from the gravest on.
const (
	Error   Severity = "error"   // a build fails, or its result is wrong
	Warning Severity = "warning" // something is likely wrong, or is lost in FP16
	Info    Severity = "info"    // worth knowing
)

var severities = []Severity{Error, Warning, Info}

// ParseSeverity returns the severity of this name.
func ParseSeverity(name string) (Severity, error) {
	if s := Severity(name); slices.Contains(severities, s) {
		return s, nil
	}
	return "", fmt.Errorf("expected error, warning or info")
}

// AtLeast reports whether s is as grave as o or graver.
func (s Severity) AtLeast(o Severity) bool {
	return slices.Index(severities, s) <= slices.Index(severities, o)
}

// Rule is what a code stands for.
type Rule struct {
	Code     Code
	Name     string
	Severity Severity
	Means    string // when it is found
	Next     string // what the person can do
}

// Rules returns all rules by code.
func Rules() []Rule {
	return []Rule{
		{NaN, "nan", Error, "a value is not a number; a build refuses it", "take an earlier checkpoint: training diverged or the file is damaged"},
		{Infinity, "infinity", Error, "a value is infinite, or is in float32; a build refuses it", "take an earlier checkpoint, or export from a model that was not converted to half precision"},
		{NegativeVariance, "negative-variance", Error, "a running variance is below zero, whose root does not exist", "the tensor order or the file is wrong: export it again"},
		{TinyVariance, "tiny-variance", Warning, "a running variance is below 1e-8, a thousandth of the usual epsilon: the channel hardly varied in training and its scale depends on the epsilon alone, which only a pickled module holds", "give the epsilon of the training with --bn-eps and see 'trtbuild ranges'"},
		{IncompleteNorm, "incomplete-batchnorm", Error, "a BatchNorm lacks mean, variance, weight or bias while it has others, or they differ in length; or what is named like one has no statistics", "export the whole state dict, buffers included"},
		{DeadChannels, "dead-channels", Warning, "output channels of a layer have only zero weights, or their BatchNorm scale is zero: they do not depend on the input", "expected after pruning; otherwise check the training or the export"},
		{ConstantChannels, "constant-channels", Warning, "output channels of a layer have one weight throughout", "expected of fixed filters; otherwise the layer was never trained or loaded"},
		{DefaultStatistics, "default-statistics", Warning, "the running statistics of a BatchNorm are as initialised, 0 and 1", "train the model, or load its statistics, before exporting"},
		{NoBatches, "no-batches", Info, "a BatchNorm counts no batch: it was never trained, or its weights come from another framework", "compare the outputs with the original's before trusting the file"},
		{SharedStorage, "shared-storage", Info, "tensors lie at the same place of the file", "nothing, if the weights are tied"},
		{SameValues, "same-values", Info, "tensors of different places hold the same values", "nothing, if the weights are tied or one is a copy such as an average"},
		{FP16Overflow, "fp16-overflow", Warning, "values of 65520 and more become infinite in FP16", "--fp16 keeps the layer in FP32; 'trtbuild explain' says so"},
		{FP16Flush, "fp16-flush", Warning, "every value of a tensor or of an output channel that is not zero becomes zero in FP16", "folding a BatchNorm may restore the scale: see 'trtbuild explain --fp16'"},
		{FP16Subnormal, "fp16-subnormal", Info, "more than half of the values lie below 6.1e-05, where FP16 keeps fewer bits, and none on devices that flush", "see 'trtbuild ranges' for what is lost by channel"},
		{Float16AsFloat32, "float16-as-float32", Info, "every parameter is stored as float32 and is exactly a float16", "the file was made from a half-precision model: export the float32 one if accuracy matters"},
		{BFloat16AsFloat32, "bfloat16-as-float32", Info, "every parameter is stored as float32 and is exactly a bfloat16", "the file was made from a bfloat16 model: export the float32 one if accuracy matters"},
		{EmptyTensor, "empty", Info, "a tensor has no elements", "nothing, if the network leaves it unused"},
		{NotMeasured, "not-measured", Info, "a tensor is complex, and its values were not looked at", "split it into real and imaginary parts"},
	}
}

func ruleOf(c Code) Rule {
	for _, r := range Rules() {
		if r.Code == c {
			return r
		}
	}
	return Rule{Code: c}
}
