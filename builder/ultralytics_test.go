package builder_test

import (
	"bytes"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/internal/npz"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/load"
)

// TestUltralyticsCheckpoint takes a checkpoint as Ultralytics' trainer leaves it,
// a whole module pickled as the moving average, and gives what PyTorch gives:
// testdata/gen/ultralytics_checkpoint.py.
func TestUltralyticsCheckpoint(t *testing.T) {
	p, err := builder.Prepare(t.Context(), builder.Request{
		Weights: "../testdata/ultralytics/custom.pt", Format: load.PyTorch,
	}, trt.Target{})
	require.NoError(t, err)
	defer p.Close()
	require.Equal(t, []any{"yolov8", "custom", int64(2)}, []any{p.Match.Family, p.Match.Variant, p.Match.Classes})
	require.Contains(t, p.Match.Notes, "BatchNorm eps is 0.001, as the file records it")
	require.Contains(t, p.Warnings, "image size 96x64: the checkpoint was trained at it")

	raw, err := os.ReadFile("../testdata/ultralytics/custom.npz")
	require.NoError(t, err)
	arrays, err := npz.Read(bytes.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	x, want := arrays["images"], arrays["output0"]
	got, err := p.Run(t.Context(), map[string]*trt.Value{
		"images": {Type: dtype.Float32, Dims: x.Shape, Floats: x.Floats},
	}, builder.RunOptions{})
	require.NoError(t, err)
	y := got["output0"]
	require.EqualValues(t, want.Shape, y.Dims)
	anchors := want.Shape[2]
	for _, part := range []struct {
		name     string
		from, to int64 // rows
	}{{"boxes", 0, 4}, {"scores", 4, 6}} {
		a, b := want.Floats[part.from*anchors:part.to*anchors], y.Floats[part.from*anchors:part.to*anchors]
		var sum, sumSq, off float64
		for i := range a {
			sum, sumSq = sum+float64(a[i]), sumSq+float64(a[i])*float64(a[i])
			off = max(off, math.Abs(float64(a[i])-float64(b[i])))
		}
		n := float64(len(a))
		require.Less(t, off, 1e-3*math.Sqrt(sumSq/n-sum/n*sum/n), part.name)
	}
}
