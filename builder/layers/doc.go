// Package layers composes what frameworks have as one layer and TensorRT as
// several: pixel shuffle, adaptive and ceil-mode pooling, upsampling by
// PyTorch's coordinate rules, deformable convolution. Only native layers are
// used, so no engine needs a plugin.
//
//	y := layers.PixelShuffle(net, "up/shuffle", x, 2)
//	y = layers.AdaptiveAveragePool(net, "pool", y, trt.Dims{7, 7})
//
// Batch and spatial dimensions may be dynamic, but where a function says
// otherwise. What is made of them is computed by shape tensors then.
//
// Each function names its last layer as it was told and the others below that:
// NAME/split, NAME/axis2. Errors are the network's: the first is kept, what
// follows does nothing. Layers with weights, taken from a file by their module's
// path, are the Binder's of package bind.
//
// Results are PyTorch's: each function is held against it at several
// configurations (testdata/gen/layers.py, layers_sizes.py).
package layers
