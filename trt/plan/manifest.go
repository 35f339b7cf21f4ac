package plan

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/trtbuild/trtbuild/trt"
)

// ManifestSchema is the schema of Manifest.
const ManifestSchema = "trtbuild.manifest/1"

// ManifestPath is where the manifest of an engine file lies.
func ManifestPath(engine string) string { return engine + ".json" }

// Manifest records how an engine was made. It holds no time and no absolute
// path: the same inputs give the same bytes.
type Manifest struct {
	Schema   string       `json:"schema"`
	Engine   EngineRecord `json:"engine"`
	Tool     string       `json:"tool"` // version of the tool that built it
	Library  Library      `json:"library"`
	Source   Source       `json:"source"`
	Network  NetworkInfo  `json:"network"`
	Inputs   []Binding    `json:"inputs"`
	Outputs  []Binding    `json:"outputs"`
	BuildKey string       `json:"build_key"` // what a cache of engines is keyed on
	Build    BuildFlags   `json:"build"`
	Layers   []Layer      `json:"layers"`
	Weights  []Weight     `json:"weights"`
	Notes    []string     `json:"notes,omitempty"`
}

// EngineRecord identifies the engine's bytes. File is its base name.
type EngineRecord struct {
	File   string `json:"file"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Library says what built the engine and what may load it.
type Library struct {
	Backend             string `json:"backend"`
	Name                string `json:"name"`
	Version             string `json:"version"`
	ComputeCapabilities []int  `json:"compute_capabilities,omitempty"` // empty: the library's portable default
	LoadableBy          string `json:"loadable_by"`
	// Plugins are the libraries of plugins that were loaded, for a network that has
	// plugins.
	Plugins []trt.PluginLibrary `json:"plugins,omitempty"`
}

// Source identifies the weight file. File is its base name.
type Source struct {
	File   string `json:"file"`
	Format string `json:"format"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// NetworkInfo says what was recognised.
type NetworkInfo struct {
	Name       string   `json:"name"`
	Family     string   `json:"family"`
	Variant    string   `json:"variant"`
	Task       string   `json:"task"`
	Classes    int64    `json:"classes"`
	ClassNames []string `json:"class_names,omitempty"`
	SHA256     string   `json:"sha256"` // of the canonical dump of the typed network
}

// Binding is an input or output of the engine.
type Binding struct {
	trt.TensorInfo
	Profiles      []trt.Range     `json:"profiles,omitempty"`
	Preprocessing json.RawMessage `json:"preprocessing,omitempty"`
	// Tolerance is how far the coordinates in an output may be off, in pixels,
	// by the choice of precision; 0: it has none.
	Tolerance float64 `json:"tolerance,omitempty"`
}

// BuildFlags are the choices that shaped the engine.
type BuildFlags struct {
	Precision string   `json:"precision"` // "fp32" or "fp16"
	TF32      bool     `json:"tf32"`
	KeepFP32  []string `json:"keep_fp32,omitempty"`
	Workspace int64    `json:"workspace,omitempty"`
	Output    string   `json:"output"`

	// What the weights do not say and was chosen other than the family's way.
	BNEps         float64 `json:"bn_eps,omitempty"`
	StrideOnConv1 bool    `json:"stride_on_conv1,omitempty"`
	AveragePool   bool    `json:"average_pool,omitempty"`
}

// Layer is the precision of one layer and the reasons for it.
type Layer struct {
	Name      string   `json:"name"`
	Op        string   `json:"op"`
	Precision string   `json:"precision"`
	Codes     []string `json:"codes,omitempty"`
	Plugin    string   `json:"plugin,omitempty"` // name, version and namespace of its creator
}

// Weight says where one tensor of the source went, or why it was not used.
type Weight struct {
	Tensor    string `json:"tensor"`
	Layer     string `json:"layer,omitempty"`
	Operand   string `json:"operand,omitempty"`
	Part      string `json:"part,omitempty"` // its share, when folded with others
	Stored    string `json:"stored,omitempty"`
	WorstSQNR *Loss  `json:"worst_loss,omitempty"`
	Unused    string `json:"unused,omitempty"` // the reason
}

// Loss is the worst rounding loss of a weight operand over its output channels.
type Loss struct {
	SQNRdB  float64 `json:"sqnr_db"`
	Channel int     `json:"channel"`
}

// Encode returns the manifest as indented JSON with a final newline.
func (m *Manifest) Encode() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(m); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// DecodeManifest reads what Encode wrote, refusing other schemas.
func DecodeManifest(b []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	if m.Schema != ManifestSchema {
		return nil, fmt.Errorf("manifest: schema %q, expected %q", m.Schema, ManifestSchema)
	}
	return &m, nil
}
