package layers_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// deformedOnce is a deformable convolution of the offsets that a convolution
// makes of the same image.
func deformedOnce(r *rand.Rand, dims trt.Dims) *trt.Network {
	normal := func(deviation float64, dims ...int64) *trt.Weights {
		v := make(trt.Float32s, trt.Dims(dims).Count())
		for i := range v {
			v[i] = float32(r.NormFloat64() * deviation)
		}
		return trt.NewWeights(dims, v)
	}
	net, pad := trt.NewNetwork("deformed", trt.Target{}), trt.Dims{1, 1}
	x := net.AddInput("x", dtype.Float32, dims)
	offset := net.AddConvolution("offset", x, trt.Convolution{
		OutChannels: 18, Kernel: trt.Dims{3, 3}, PrePadding: pad, PostPadding: pad, Weight: normal(0.5, 18, 3, 3, 3), Bias: normal(0.1, 18),
	})
	y := layers.DeformableConvolution(net, "d", x, offset, nil, layers.Deformation{Weight: normal(0.2, 4, 3, 3, 3), Padding: pad})
	net.MarkOutput(y, "y")
	return net
}

// Pixels are read where they are also in FP16: places rounded to that, which near
// the edges lie a sixteenth of a pixel apart, make the output 25 dB worse.
func TestPlacesStayExactInFP16(t *testing.T) {
	const size = 256
	for name, dims := range map[string]trt.Dims{"static": {1, 3, size, size}, "open": {1, 3, trt.Dynamic, trt.Dynamic}} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			facts, exact, mem, err := ranges.Analyze(t.Context(), deformedOnce(r, dims), ranges.Options{})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, mem.Close()) })
			plan, err := precision.Decide(exact, facts, precision.Options{FP16: true})
			require.NoError(t, err)
			typed, err := precision.Apply(exact, plan)
			require.NoError(t, err)
			grid, _ := typed.Layer("d/grid")
			require.Equal(t, dtype.Float32, grid.Outputs[0].Type)
			last, _ := typed.Layer("d")
			require.Equal(t, dtype.Float16, last.Inputs[0].Type)

			x := &trt.Value{Type: dtype.Float32, Dims: trt.Dims{1, 3, size, size}}
			for range x.Dims.Count() {
				x.Floats = append(x.Floats, r.Float32())
			}
			run := func(n *trt.Network) []float32 {
				out, err := refexec.Run(t.Context(), n, map[string]*trt.Value{"x": x}, refexec.Options{})
				require.NoError(t, err)
				return out["y"].Floats
			}
			signal, noise := 0.0, 0.0
			rounded := run(typed)
			for i, v := range run(exact) {
				signal += float64(v) * float64(v)
				noise += math.Pow(float64(v-rounded[i]), 2)
			}
			sqnr := 10 * math.Log10(signal/noise)
			t.Logf("%.1f dB", sqnr)
			require.Greater(t, sqnr, 55.0)
		})
	}
}
