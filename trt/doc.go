// Package trt is the vocabulary of TensorRT in plain Go data: dimensions,
// weights, targets, optimization profiles, and the recorded Network.
//
// # Recording
//
// A Network is recorded first and replayed into a Backend after. So there is
// one validation, one shape inference, one dump and one hash, and the mock, the
// CPU reference and the real library can be compared on the same object.
//
//	net := trt.NewNetwork("tiny", trt.Target{})
//	x := net.AddInput("images", dtype.Float32, trt.Dims{1, 3, 224, 224})
//	y := net.AddConvolution("stem/conv", x, trt.Convolution{
//		OutChannels: 64, Kernel: trt.Dims{7, 7}, Stride: trt.Dims{2, 2},
//		PrePadding: trt.Dims{3, 3}, PostPadding: trt.Dims{3, 3}, Weight: w,
//	})
//	net.MarkOutput(y, "features")
//	if err := net.Err(); err != nil { … }
//
// Every layer is one Op: a small struct of parameters with its shape rule and
// its type rule beside it, one file an op. Parameters that are left out get
// TensorRT's defaults, but for axes, which depend on the rank there and are
// always given here. The rules are the real library's: what it refuses at the
// add, at the first look at an output or only at build time is refused here at
// the add, and so is what it builds into something of no use, such as an empty
// tensor. Package backendtest holds them against the library, case by case.
//
// Conditionals and loops (If, Loop) hold networks of their own. A body reads what
// its inputs are given and nothing else, so networks stay free of cycles; its
// weights are the layer's.
//
// # Errors
//
// Errors are sticky. The first one is kept with layer, operand, expected and
// found; later calls do nothing and return tensors that nobody can build from.
// Err returns it, and so does every backend. A panic means a programmer's
// mistake, such as a tensor of another network.
//
// # Networks are values
//
// A transformation takes a Network and returns a new one (Rewrite). Networks
// are always strongly typed and their batch is explicit: a tensor's type
// follows from its inputs and the op alone.
//
// # Weights
//
// Weights are lazy: a descriptor of element type, dimensions and origin, and a
// recipe for the values. Materialize writes the bytes a backend will hold, once.
//
// # Dumps
//
// Dump writes a network to a directory, as canonical JSON and raw weights;
// LoadDump records it anew. Hash is the digest of the JSON, WriteText and
// WriteDOT are for people.
package trt
