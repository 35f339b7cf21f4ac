package precision

import (
	"encoding/json"
	"math"
	"strconv"
)

// Schema is that of a plan's JSON.
const Schema = "trtbuild.explain/1"

// Precision is what a layer computes in.
type Precision string

// The precisions.
const (
	FP16 Precision = "fp16"
	FP32 Precision = "fp32"
)

// Plan is a decision for each layer that computes in floating point, in the
// order of the network.
type Plan struct {
	Layers []Decision
	Casts  int // layers that Apply adds
	TF32   bool

	byName map[string]int
}

// Decision is the precision of a layer and why.
type Decision struct {
	Name      string    `json:"name"`
	Op        string    `json:"op"`
	Precision Precision `json:"precision"`
	Codes     []Code    `json:"codes"`
	// Value stands against Limit: decibels that a channel of weights keeps
	// where the limit is 40, else magnitudes; a bound is doubled first. They
	// belong to the first code, or show how far from a limit the layer is.
	// Tier is how sure Value is: "exact" for weights, else a tier of the ranges.
	Tier    string   `json:"tier"`
	Value   *float64 `json:"value"`
	Limit   *float64 `json:"limit"`
	Channel *int     `json:"channel"`
	Why     string   `json:"why"`
	Remedy  []Remedy `json:"remedies"`
}

// Summary counts layers.
type Summary struct {
	Layers int          `json:"layers"`
	FP16   int          `json:"fp16"`
	FP32   int          `json:"fp32"`
	Codes  map[Code]int `json:"codes"`
}

// Layer returns the decision on a layer.
func (p *Plan) Layer(name string) (Decision, bool) {
	i, ok := p.byName[name]
	if !ok {
		return Decision{}, false
	}
	return p.Layers[i], true
}

// Count returns the numbers of layers: all, FP16, FP32.
func (p *Plan) Count() (layers, fp16, fp32 int) {
	s := p.Summary()
	return s.Layers, s.FP16, s.FP32
}

// Summary counts the layers by precision and by code.
func (p *Plan) Summary() Summary {
	s := Summary{Layers: len(p.Layers), Codes: map[Code]int{}}
	for _, d := range p.Layers {
		if d.Precision == FP16 {
			s.FP16++
		} else {
			s.FP32++
		}
		for _, c := range d.Codes {
			s.Codes[c]++
		}
	}
	return s
}

// MarshalJSON writes trtbuild.explain/1. Equal plans give equal bytes.
func (p *Plan) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Schema  string     `json:"schema"`
		Layers  []Decision `json:"layers"`
		Casts   int        `json:"casts"`
		TF32    bool       `json:"tf32"`
		Summary Summary    `json:"summary"`
	}{Schema, p.Layers, p.Casts, p.TF32, p.Summary()})
}

// rounded4 returns x with four significant digits, so that plans do not depend
// on the last bits of a sum; nil for what JSON cannot say.
func rounded4(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	r, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 4, 64), 64)
	return &r
}
