package builder

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Folded are the float32 weights that a network's layers hold once BatchNorm is
// folded into them, as a weight file: names are LAYER/OPERAND, in the order of
// the layers. It reads from the map it was made of and must not be used after
// that is closed; closing it does nothing.
type Folded struct {
	Network string // that was recognised
	names   []string
	tensors map[string]*weights.Tensor
	from    map[string]string
	values  map[string]trt.Values
}

// FoldWeights recognises the network of m and folds BatchNorm into its
// convolutions. Kernels are read only when their tensors are. Errors are those
// of zoo.Detect and of building the network.
func FoldWeights(m weights.Map, o zoo.Options) (*Folded, error) {
	match, err := zoo.Detect(m)
	if err != nil {
		return nil, err
	}
	built, err := match.Build(m, trt.Target{}, o)
	if err != nil {
		return nil, err
	}
	n, err := transform.FoldBatchNorm(built.Network)
	if err != nil {
		return nil, err
	}
	f := &Folded{
		Network: match.Name(), tensors: map[string]*weights.Tensor{}, from: map[string]string{}, values: map[string]trt.Values{},
	}
	known := map[*trt.Weights]bool{}
	for _, l := range n.Layers() {
		for _, o := range l.Op.Weights() {
			// What comes from no tensor of the file is a constant of the network.
			if w := o.Weights; w == nil || known[w] || len(w.Origins) == 0 || w.Type != dtype.Float32 || w.Values() == nil {
				continue
			}
			known[o.Weights] = true
			f.add(l.Name+"/"+o.Name, o.Weights)
		}
	}
	return f, nil
}

func (f *Folded) add(name string, w *trt.Weights) {
	f.names = append(f.names, name)
	f.from[name] = w.Origins[0].Tensor
	f.values[name] = w.Values()
	f.tensors[name] = &weights.Tensor{
		Name: name, Type: dtype.Float32, Shape: w.Dims, Count: w.Count(), File: w.Origins[0].File, Source: f,
	}
}

// From returns the tensor of the file that a folded one was made of; what was
// folded into it is not told.
func (f *Folded) From(name string) string { return f.from[name] }

// Names returns the names in the order of the layers.
func (f *Folded) Names() []string { return f.names }

// Tensor returns the descriptor of one tensor.
func (f *Folded) Tensor(name string) (*weights.Tensor, bool) {
	t, ok := f.tensors[name]
	return t, ok
}

// Format says what this is.
func (f *Folded) Format() string { return fmt.Sprintf("%s, BatchNorm folded", f.Network) }

// Close does nothing.
func (f *Folded) Close() error { return nil }

// ReadFloat32 computes values of a folded tensor.
func (f *Folded) ReadFloat32(t *weights.Tensor, dst []float32, from int64) error {
	return f.values[t.Name].ReadFloat32(dst, from)
}
