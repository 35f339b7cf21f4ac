package zoo

import (
	"fmt"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Task is what a network is for.
type Task string

// Classify is the task of networks that give one score for each class.
const Classify Task = "classify"

// Confidence grades a match.
type Confidence string

// The grades.
const (
	Certain Confidence = "certain" // every tensor fits a published network
	Likely  Confidence = "likely"  // every tensor fits the family's rules, in a size nobody published
)

// Match is a recognised network.
type Match struct {
	Family     string     `json:"family"`
	Variant    string     `json:"variant"` // the published size inside the family, or Custom
	Task       Task       `json:"task"`
	Classes    int64      `json:"classes"`
	Confidence Confidence `json:"confidence"`
	Evidence   []string   `json:"evidence"`        // what in the file says so
	Notes      []string   `json:"notes,omitempty"` // what the file does not say and is assumed
	Nearest    []Near     `json:"nearest"`         // empty: everything fits

	layout layout
	prefix string // before every name of the file
}

// Name returns the model library's name of the network, or the family's for a
// custom size. It is the name of the network that Build records.
func (m *Match) Name() string { return m.layout.model() }

// Shapes returns the shapes of the network's tensors by their names in the file
// that was recognised.
func (m *Match) Shapes() map[string][]int64 {
	shapes := map[string][]int64{}
	for _, t := range m.layout.tensors() {
		shapes[m.prefix+t.Name] = t.Shape
	}
	return shapes
}

// Built is a recorded network and what goes with it.
type Built struct {
	Network  *trt.Network
	Input    Input
	Profiles []trt.Profile // empty when nothing is dynamic
	Weights  *bind.Report
}

// Build records the network in float32 with its BatchNorm layers, taking the
// weights from w, which is the map that was recognised. It returns a
// *bind.Error when tensors do not fit, the options' errors (fault.Usage,
// fault.Unsupported), and the network's own *trt.Error.
func (m *Match) Build(w weights.Map, target trt.Target, o Options) (*Built, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	var err error
	if o.Eps, err = o.epsOf(w); err != nil {
		return nil, err
	}
	in, err := m.layout.input(o)
	if err != nil {
		return nil, err
	}
	net := trt.NewNetwork(m.Name(), target)
	batch := o.batch()
	x := net.AddInput(in.Name, dtype.Float32, in.dims(batch))
	b := bind.New(net, bind.NewView(w))
	m.layout.record(b, x, in, o)
	report, err := b.Finish()
	if err != nil {
		return nil, err
	}
	if err := net.Validate(); err != nil {
		return nil, fmt.Errorf("%s at %dx%d: %w", m.Name(), in.Height, in.Width, err)
	}
	built := &Built{Network: net, Input: in, Weights: report}
	if !x.Dims.IsStatic() {
		built.Profiles = []trt.Profile{{in.Name: {Min: in.least(batch), Opt: in.opt(batch), Max: in.most(batch)}}}
	}
	return built, nil
}
