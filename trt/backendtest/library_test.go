package backendtest_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

var update = flag.Bool("update", false, "rewrite testdata/cases.json")

// libraryCase is a case as testdata/gen/rules.py reads it. The values of
// weights do not matter to a rule, so they are not there.
type libraryCase struct {
	Name                string           `json:"name"`
	Kind                trt.Kind         `json:"kind"`
	Params              trt.Op           `json:"params"`
	Inputs              []trt.TensorInfo `json:"inputs"`
	Weights             []trt.WeightsRef `json:"weights"`
	Profiles            []trt.Profile    `json:"profiles"`
	ComputeCapabilities []int            `json:"compute_capabilities"`
}

// answer is what TensorRT said to a case.
type answer struct {
	Name   string          `json:"name"`
	Stage  string          `json:"stage"`  // "built", or where it was refused: "add", "set", "infer", "build"
	Output *trt.TensorInfo `json:"output"` // when built
	Text   string          `json:"text"`   // TensorRT's words, when refused
}

func libraryCases() []libraryCase {
	out := []libraryCase{}
	for _, c := range backendtest.Cases() {
		l := libraryCase{
			Name: c.Name, Kind: c.Op.Kind(), Params: c.Op, Profiles: c.Profiles(), ComputeCapabilities: c.ComputeCapabilities,
			Inputs: []trt.TensorInfo{}, Weights: []trt.WeightsRef{},
		}
		for i, x := range c.Inputs {
			l.Inputs = append(l.Inputs, trt.TensorInfo{Name: c.InputName(i), Type: x.Type, Dims: x.Dims.Clone()})
		}
		for _, o := range c.Op.Weights() {
			if o.Weights != nil {
				l.Weights = append(l.Weights, trt.WeightsRef{Operand: o.Name, Type: o.Weights.Type, Dims: o.Weights.Dims})
			}
		}
		out = append(out, l)
	}
	return out
}

// TestLibraryAgrees holds the table against what TensorRT-RTX 1.7.1 answered to
// every case through NVIDIA's own Python binding (testdata/gen/rules.py).
func TestLibraryAgrees(t *testing.T) {
	var asked bytes.Buffer
	for _, c := range libraryCases() {
		line, err := json.Marshal(c)
		require.NoError(t, err)
		asked.Write(append(line, '\n'))
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/cases.jsonl", asked.Bytes(), 0o666))
	}
	committed, err := os.ReadFile("testdata/cases.jsonl")
	require.NoError(t, err)
	require.True(t, bytes.Equal(asked.Bytes(), committed), "the table has changed: run this test with -update, then testdata/gen/rules.py")

	answers := map[string]answer{}
	raw, err := os.ReadFile("testdata/answers.jsonl")
	require.NoError(t, err)
	for line := range bytes.Lines(raw) {
		var a answer
		require.NoError(t, json.Unmarshal(line, &a))
		answers[a.Name] = a
	}
	for _, c := range backendtest.Cases() {
		a, ok := answers[c.Name]
		require.True(t, ok, "%s was not asked", c.Name)
		switch {
		case c.Want != nil:
			require.Equal(t, "built", a.Stage, "%s: %s", c.Name, a.Text)
			require.Equal(t, c.Want[0], trt.Info{Type: a.Output.Type, Dims: a.Output.Dims}, c.Name)
		case c.Stricter != "":
			require.Equal(t, "built", a.Stage, "%s is refused by TensorRT too: %s", c.Name, a.Text)
		default:
			require.NotEqual(t, "built", a.Stage, "%s is built by TensorRT", c.Name)
		}
	}
}
