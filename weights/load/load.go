package load

import (
	"errors"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/caffe"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/npz"
	"github.com/trtbuild/trtbuild/weights/onnx"
	"github.com/trtbuild/trtbuild/weights/safetensors"
	"github.com/trtbuild/trtbuild/weights/torch"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// Options say what is known of a file beforehand; the zero value is nothing.
type Options struct {
	// Format is the only format to take, if it is not Any.
	Format Format
	// Key is the path of the state dict to take from a PyTorch checkpoint that
	// holds several, such as "ema" or "model"; empty: the reader chooses.
	Key string
}

// Open indexes the weight file at path, whatever its format.
func Open(path string) (weights.Map, error) { return OpenWith(path, Options{}) }

// OpenWith indexes the weight file at path. Errors are *weights.Error: a file
// that is missing comes with the files that may have been meant, one of another
// kind with what it is.
func OpenWith(path string, o Options) (weights.Map, error) {
	found, err := sniff(path)
	if err != nil {
		return nil, err
	}
	format := formatOf(found)
	if format == Any || o.Format != Any && format != o.Format {
		e := found.Refuse(path, o.Format.String())
		if o.Format != Any {
			e.Kind = fault.BadInput // it is not what it was said to be
		}
		return nil, e
	}
	if o.Key != "" && format != PyTorch {
		return nil, &weights.Error{
			Kind: fault.Usage, File: path, Expected: "a PyTorch checkpoint, for the key " + o.Key, Found: found.String(), Next: "leave the key out",
		}
	}
	m, err := open(path, found, o)
	if err != nil {
		return nil, err // a nil *wts.File in m is no nil Map
	}
	return m, nil
}

func open(path string, found input.Format, o Options) (weights.Map, error) {
	switch found {
	case input.TorchZip, input.TorchLegacy, input.TorchTar:
		return torch.Open(path, torch.Options{Key: o.Key})
	case input.Caffe:
		return caffe.Open(path)
	case input.ONNX:
		return onnx.Open(path)
	case input.NPZ, input.NumPy:
		return npz.Open(path)
	case input.SafeTensors:
		return safetensors.Open(path)
	case input.SafeTensorsIndex:
		return safetensors.OpenIndex(path)
	default:
		return wts.Open(path)
	}
}

func sniff(path string) (input.Format, error) {
	f, size, err := input.Open(path)
	if err != nil {
		return input.Unknown, err
	}
	defer f.Close()
	format, err := input.Sniff(f, size)
	if err != nil {
		return input.Unknown, readError(path, err)
	}
	return format, nil
}

func readError(path string, err error) error {
	var e *weights.Error
	if errors.As(err, &e) {
		return err
	}
	return &weights.Error{Kind: fault.BadInput, File: path, Problem: "cannot be read", Err: err}
}
