package zoo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
)

// recording is a map of a file that records the eps of its BatchNorms.
type recording struct {
	weights.Map
	eps []any
}

func (r recording) Metadata() map[string]any { return map[string]any{"bn_eps": r.eps} }

// TestRecordedEps: what a file records goes before the family's eps, and what
// the caller says before both.
func TestRecordedEps(t *testing.T) {
	plain := readTable(t, "resnet50.json").edit(unchanged)
	for name, c := range map[string]struct {
		m    weights.Map
		o    zoo.Options
		want float64
		note string
	}{
		"none":     {plain, zoo.Options{}, 1e-5, "BatchNorm eps is not in the weights: 1e-05, torch's default"},
		"recorded": {recording{plain, []any{0.5}}, zoo.Options{}, 0.5, "BatchNorm eps is 0.5, as the file records it"},
		"said":     {recording{plain, []any{0.5}}, zoo.Options{Eps: 0.25}, 0.25, "BatchNorm eps is 0.5, as the file records it"},
		"chosen":   {recording{plain, []any{1e-5, 0.5}}, zoo.Options{Eps: 0.25}, 0.25, "BatchNorm eps differs by layer: the file records 1e-05, 0.5"},
	} {
		match := detect(t, c.m)
		require.Contains(t, match.Notes, c.note, name)
		built, err := match.Build(c.m, trt.Target{}, c.o)
		require.NoError(t, err, name)
		require.Equal(t, c.want, layer[trt.BatchNorm](t, built.Network, "layer4/2/bn3").Eps, name)
	}

	m := recording{plain, []any{1e-5, 0.5}}
	_, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{})
	require.EqualError(t, err, "BatchNorm eps: expected one for all layers, the file records 1e-05, 0.5; say by --bn-eps which one is to be taken for all")
	require.Equal(t, fault.Unsupported, fault.Of(err))
}
