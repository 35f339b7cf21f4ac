package load

import "github.com/trtbuild/trtbuild/weights/internal/input"

// Format is a kind of weight file that can be read.
type Format uint8

// The formats.
const (
	Any         Format = iota
	WTS                // .wts and .wts2 in all dialects, also compressed
	PyTorch            // .pth and .pt of torch.save, TorchScript
	SafeTensors        // one file, or the index of several
	ONNX               // the initializers of a model
	Caffe              // the blobs of a .caffemodel
	NumPy              // .npz and .npy
)

// String completes the sentence "expected …".
func (f Format) String() string {
	return [...]string{
		"a weight file", "a .wts file", "a PyTorch checkpoint", "a safetensors file", "an ONNX model", "a Caffe model", "NumPy arrays",
	}[f]
}

// formatOf returns Any for files that no reader exists for.
func formatOf(f input.Format) Format {
	switch f {
	case input.WTS, input.Gzip, input.Zstandard:
		return WTS
	case input.TorchZip, input.TorchLegacy, input.TorchTar:
		return PyTorch
	case input.SafeTensors, input.SafeTensorsIndex:
		return SafeTensors
	case input.Caffe:
		return Caffe
	case input.ONNX:
		return ONNX
	case input.NPZ, input.NumPy:
		return NumPy
	default:
		return Any
	}
}
