// Package raw reads tensors whose values lie in a file one after another as
// plain bytes, as PyTorch, safetensors, ONNX and NumPy store them, and turns
// values of any element type into float32.
package raw
