// Package caffe reads the weights of binary Caffe models (.caffemodel): the
// blobs of the layers, under names made of the layer's and of what its type uses
// the blob for.
//
//	Convolution, Deconvolution, InnerProduct, Embed   weight, bias
//	Scale                                             weight, bias
//	BatchNorm                                         mean, variance, scale_factor, weight, bias
//	PReLU, Normalize                                  weight
//	Bias                                              bias
//
// as in "conv1.weight". Blobs that a type is not known to have are numbered from
// 0: "lstm1.blob0". A layer without a name is called by its place among the
// layers: "layer3.weight".
//
// Mean and variance of BatchNorm are sums: before use Caffe divides them by the
// scale factor, and takes zeros when that is 0. They are listed as they are
// stored. NVIDIA's fork stores a factor of 1, and the weight and bias of an
// affine BatchNorm with it.
//
// All three generations of the format are read: layers in V0 (until 2013), V1
// (until 2014) and today's form. The old ones give each blob four dimensions,
// and a bias is 1x1x1xN there; shapes are listed as they are stored.
//
// Values are float32 or float64, in files of NVIDIA's fork also float16, and are
// read from their place in the file; the gradients that a snapshot may hold
// beside them are not looked at.
package caffe
