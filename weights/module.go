package weights

import (
	"slices"
	"strconv"
	"strings"
)

// Module is the tensors that belong to one layer: those whose names differ only
// after the last dot.
type Module struct {
	Path    string // "layer1.0.conv1"; empty for the tensors of a bare layer
	Tensors []*Tensor
	Layer   Layer
}

// LayerKind is what kind of layer a module's tensors are evidence of.
type LayerKind string

// The kinds. A kernel does not say its groups, so a grouped convolution is a
// Convolution unless each of its groups has one input channel.
const (
	UnknownLayer          LayerKind = ""
	Convolution           LayerKind = "convolution"
	DepthwiseConvolution  LayerKind = "depthwise convolution"
	TransposedConvolution LayerKind = "transposed convolution"
	Linear                LayerKind = "linear"
	Embedding             LayerKind = "embedding"
	Attention             LayerKind = "attention"
	BatchNorm             LayerKind = "batchnorm"
	Norm                  LayerKind = "norm" // layer and group normalization
)

// Layer is what the names and shapes of a module's tensors say of it. The zero
// value is: nothing.
type Layer struct {
	Kind LayerKind
	Dims []int64 // of the weight, as stored; of normalizations the channels
	Bias bool    // there is one
}

// String returns "convolution 64x3x7x7, no bias", or "" for an unknown layer.
func (l Layer) String() string {
	if l.Kind == UnknownLayer {
		return ""
	}
	s := string(l.Kind) + " " + FormatDims(l.Dims)
	switch {
	case l.Kind == BatchNorm || l.Kind == Norm || l.Kind == Embedding:
		return s
	case l.Bias:
		return s + ", bias"
	}
	return s + ", no bias"
}

// FormatDims returns "64x3x7x7"; "scalar" for no dimensions.
func FormatDims(dims []int64) string {
	if len(dims) == 0 {
		return "scalar"
	}
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = strconv.FormatInt(d, 10)
	}
	return strings.Join(s, "x")
}

// ChannelAxis returns the axis of the layer's weight that its output channels
// lie along.
func (l Layer) ChannelAxis() int {
	switch {
	case l.Kind == TransposedConvolution:
		return 1
	case l.Kind == Linear && len(l.Dims) == 4: // 1x1xOxI of old Caffe
		return 2
	}
	return 0
}

// Tensor returns the module's tensor of this field, such as "weight", or nil.
func (m *Module) Tensor(field string) *Tensor {
	for _, t := range m.Tensors {
		if fieldOf(t.Name, m.Path) == field {
			return t
		}
	}
	return nil
}

// Statistics returns the mean and the variance that a BatchNorm has gathered, as
// PyTorch or as Caffe names them; nil for what is not there.
func (m *Module) Statistics() (mean, variance *Tensor) {
	if m.Tensor("scale_factor") != nil {
		return m.Tensor("mean"), m.Tensor("variance")
	}
	return m.Tensor("running_mean"), m.Tensor("running_var")
}

// Parameters returns the number of learned values and of those in buffers.
func (m *Module) Parameters() (learned, buffers int64) {
	for _, t := range m.Tensors {
		if t.Role == Buffer {
			buffers += t.Count
		} else {
			learned += t.Count
		}
	}
	return learned, buffers
}

func fieldOf(name, path string) string { return strings.TrimPrefix(name[len(path):], ".") }

// fields are what the tensors of a layer that has no path are called. Any other
// name without a dot stands for itself.
var fields = [...]string{"weight", "bias", "running_mean", "running_var", "num_batches_tracked", "in_proj_weight", "in_proj_bias"}

func pathOf(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i]
	}
	if slices.Contains(fields[:], name) {
		return ""
	}
	return name
}

// Modules groups tensors by module, in the order of their first tensors, and
// says which layer each is, as far as names and shapes tell.
func Modules(tensors []*Tensor) []Module {
	var all []Module
	at := map[string]int{}
	for _, t := range tensors {
		path := pathOf(t.Name)
		i, ok := at[path]
		if !ok {
			i = len(all)
			at[path] = i
			all = append(all, Module{Path: path})
		}
		all[i].Tensors = append(all[i].Tensors, t)
	}
	convolutions := 0
	for i := range all {
		l := all[i].layer()
		if l.Kind == Convolution {
			// A first kernel of one input channel reads a grey image.
			if convolutions > 0 && l.Dims[0] > 1 && l.Dims[1] == 1 {
				l.Kind = DepthwiseConvolution
			}
			convolutions++
		}
		all[i].Layer = l
	}
	return all
}

// All returns the descriptors of a map's tensors in file order.
func All(m Map) []*Tensor {
	all := make([]*Tensor, 0, len(m.Names()))
	for _, name := range m.Names() {
		if t, ok := m.Tensor(name); ok {
			all = append(all, t)
		}
	}
	return all
}

func (m *Module) layer() Layer {
	if mean, variance := m.Statistics(); mean != nil {
		return Layer{BatchNorm, []int64{mean.Count}, m.Tensor("bias") != nil}
	} else if variance != nil {
		return Layer{BatchNorm, []int64{variance.Count}, m.Tensor("bias") != nil}
	}
	if w := m.Tensor("in_proj_weight"); w != nil && len(w.Shape) == 2 {
		return Layer{Attention, []int64{w.Shape[1]}, m.Tensor("in_proj_bias") != nil}
	}
	w, b := m.Tensor("weight"), m.Tensor("bias")
	if w == nil {
		return Layer{}
	}
	l := Layer{Dims: w.Shape, Bias: b != nil}
	switch len(w.Shape) {
	case 0: // a scalar, or not known
		return Layer{}
	case 1:
		if b == nil || b.Count != w.Count {
			return Layer{} // PReLU, layer scale and RMS norm look alike
		}
		l.Kind = Norm
	case 2:
		l.Kind = Linear
		if b == nil && strings.Contains(strings.ToLower(m.Path[strings.LastIndexByte(m.Path, '.')+1:]), "embed") {
			l.Kind = Embedding
		}
	case 3, 4, 5:
		l.Kind = Convolution
		if b != nil && len(w.Shape) == 4 && w.Shape[0]*w.Shape[1] == 1 && b.Count > 1 && b.Count == w.Shape[2] {
			l.Kind = Linear
			return l
		}
		if b != nil && b.Count != w.Shape[0] && b.Count%max(w.Shape[1], 1) == 0 {
			l.Kind = TransposedConvolution
		}
	default:
		return Layer{}
	}
	return l
}
