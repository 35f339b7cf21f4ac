package caffe

import "strconv"

// blobNames says what layers use their blobs for.
var blobNames = map[string][]string{
	"Convolution":          {"weight", "bias"},
	"ConvolutionDepthwise": {"weight", "bias"},
	"DepthwiseConvolution": {"weight", "bias"},
	"Deconvolution":        {"weight", "bias"},
	"InnerProduct":         {"weight", "bias"},
	"Embed":                {"weight", "bias"},
	"Scale":                {"weight", "bias"},
	"BatchNorm":            {"mean", "variance", "scale_factor", "weight", "bias"},
	"PReLU":                {"weight"},
	"Normalize":            {"weight"},
	"Bias":                 {"bias"},
}

// blobName names blob i of a layer of a type.
func blobName(layer, kind string, i int) string {
	if names := blobNames[kind]; i < len(names) {
		return layer + "." + names[i]
	}
	return layer + ".blob" + strconv.Itoa(i)
}

// v1Types are the values of V1LayerParameter.LayerType in today's spelling, as
// Caffe's upgrade_proto.cpp has them.
var v1Types = map[int64]string{
	0: "", 1: "Accuracy", 2: "BNLL", 3: "Concat", 4: "Convolution", 5: "Data", 6: "Dropout", 7: "EuclideanLoss",
	8: "Flatten", 9: "HDF5Data", 10: "HDF5Output", 11: "Im2col", 12: "ImageData", 13: "InfogainLoss", 14: "InnerProduct",
	15: "LRN", 16: "MultinomialLogisticLoss", 17: "Pooling", 18: "ReLU", 19: "Sigmoid", 20: "Softmax", 21: "SoftmaxWithLoss",
	22: "Split", 23: "TanH", 24: "WindowData", 25: "Eltwise", 26: "Power", 27: "SigmoidCrossEntropyLoss", 28: "HingeLoss",
	29: "MemoryData", 30: "ArgMax", 31: "Threshold", 32: "DummyData", 33: "Slice", 34: "MVN", 35: "AbsVal", 36: "Silence",
	37: "ContrastiveLoss", 38: "Exp", 39: "Deconvolution",
}

// v0Types are the types of V0 layers that have blobs, in today's spelling.
var v0Types = map[string]string{"conv": "Convolution", "innerproduct": "InnerProduct"}
