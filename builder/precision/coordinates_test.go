package precision_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/precision"
	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

const coord = precision.Coordinate

// boxes is a small head: sigmoid times a reach, plus a place, beside scores.
type boxHead struct {
	prefix           string
	scale, tolerance float64 // pixels; scale multiplies all lengths
}

func (h boxHead) record() *trt.Network {
	n := trt.NewNetwork("boxes", trt.Target{})
	name := func(s string) string { return h.prefix + s }
	trunk := relu(n, name("relu"), conv(n, name("trunk"), image(n), kernel(gaussian(0.06)), nil))
	logits := conv(n, name("logits"), trunk, kernel(gaussian(0.06)), nil)
	half := func(part string, from int64) *trt.Tensor {
		return n.AddSlice(name(part), logits, trt.Slice{Axes: []int{1}, Start: trt.Dims{from}, Size: trt.Dims{32}})
	}
	constant := func(part string, f func(i int64) float64) *trt.Tensor {
		d := trt.Dims{1, 32, 1, 1}
		return n.AddConstant(name(part), trt.NewWeights(d, values(0, d.Count(), func(i int64, _ float64) float64 { return f(i) * h.scale })))
	}
	share := n.AddActivation(name("share"), half("offsets", 0), trt.Activation{Type: trt.Sigmoid})
	offset := n.AddElementWise(name("offset"), share, constant("reach", func(int64) float64 { return 64 }), trt.Prod)
	place := n.AddElementWise(name("place"), offset, constant("grid", func(i int64) float64 { return 20.1 * float64(i) }), trt.Sum)
	score := n.AddActivation(name("score"), half("classes", 32), trt.Activation{Type: trt.Sigmoid})
	y := n.AddConcatenation(name("joined"), 1, place, score)
	n.MarkOutput(y, "boxes")
	y.Tolerance = h.tolerance
	return n
}

// Places of up to 687 pixels lie 0.5 apart in float16. A share of at most one
// times 64 lies 2^-5 apart, and scores far closer.
func TestCoordinates(t *testing.T) {
	want := codes{"grid": {coord}, "place": {coord}, "joined": {coord}}
	at := func(h boxHead) codes {
		p, _ := plan(t, h.record(), precision.Options{FP16: true})
		return found(p)
	}
	require.Equal(t, want, at(boxHead{"", 1, 0.1}))
	require.Equal(t, codes{}, at(boxHead{"", 1, 0}), "nothing was asked for")
	require.Equal(t, codes{}, at(boxHead{"", 1, 100}))
	require.Equal(t, codes{}, at(boxHead{"", 1, 0.5}))
	require.Equal(t, want, at(boxHead{"", 1, 0.49}))
	tight := codes{"grid": {coord}, "place": {coord}, "joined": {coord}, "reach": {coord}, "offset": {coord}, "share": {coord}}
	require.Equal(t, tight, at(boxHead{"", 1, 0.01}), "logits are what was learned")
	for _, scale := range []float64{0x1p-6, 0.25, 8} {
		require.Equal(t, want, at(boxHead{"", scale, 0.1 * scale}), "in units of %g pixels", 1/scale)
	}
	renamed := codes{}
	for l, c := range want {
		renamed["zz/"+l] = c
	}
	require.Equal(t, renamed, at(boxHead{"zz/", 1, 0.1}))
}

// What nothing is known of is not trusted with coordinates.
func TestUnknownCoordinates(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	y := n.AddUnary("log", conv(n, "conv", image(n), kernel(gaussian(0.06)), nil), trt.Log)
	n.MarkOutput(y, "y")
	y.Tolerance = 0.1
	p, _ := plan(t, n, precision.Options{FP16: true})
	require.Equal(t, codes{"log": {coord}}, found(p))
	d, _ := p.Layer("log")
	require.Equal(t, "COORD nothing is known of tensor y, and y may be off by 0.1 only", d.Why)
}

// decideTolerant plans a detector whose boxes may be off by a tolerance in
// place of its own.
func decideTolerant(t testing.TB, m weights.Map, o zoo.Options, tolerance float64) (*precision.Plan, *trt.Network) {
	match, err := zoo.Detect(m)
	require.NoError(t, err)
	built, err := match.Build(m, trt.Target{}, o)
	require.NoError(t, err)
	require.InDelta(t, 0.1, built.Network.Outputs()[0].Tolerance, 0)
	built.Network.Outputs()[0].Tolerance = tolerance
	n, err := transform.FoldBatchNorm(built.Network)
	require.NoError(t, err)
	in := built.Input
	f, n, closer, err := ranges.Analyze(t.Context(), n, ranges.Options{Inputs: map[string]ranges.Input{
		in.Name: {Low: in.Lo, High: in.Hi, Mean: in.Mean, Std: in.Std},
	}})
	require.NoError(t, err)
	t.Cleanup(func() { closer.Close() })
	p, err := precision.Decide(n, f, precision.Options{FP16: true})
	require.NoError(t, err)
	return p, n
}

// detections are boxes that score over 0.25, as PyTorch's float64 run of the
// real model class gave them: testdata/gen/yolo.py.
type detections struct {
	Input struct {
		Seed  uint64
		Shape []int64
	}
	Boxes []struct {
		Anchor, Class int
		Score         float64
		Box           []float64
	}
}

// apart returns how far the corners of the boxes and their scores are from the
// outputs of a network at most.
func (d detections) apart(t *testing.T, n *trt.Network) (box, score float64) {
	image := checkpoint.Tensor{Name: "images", Shape: d.Input.Shape, Kind: checkpoint.Image}
	x := make([]float32, image.Count())
	checkpoint.Fill(image, d.Input.Seed, 0, x)
	out, err := refexec.Run(t.Context(), n, map[string]*trt.Value{
		"images": {Type: dtype.Float32, Dims: image.Shape, Floats: x},
	}, refexec.Options{})
	require.NoError(t, err)
	boxes, scores := out["boxes"].Floats, out["scores"].Floats
	classes := len(scores) / (len(boxes) / 4)
	for _, b := range d.Boxes {
		for k, want := range b.Box {
			box = max(box, math.Abs(float64(boxes[4*b.Anchor+k])-want))
		}
		score = max(score, math.Abs(float64(scores[classes*b.Anchor+b.Class])-b.Score))
	}
	return box, score
}

// TestDetectors runs the plans of detectors. Boxes stay within a tenth of a
// pixel with COORD, and do not without it.
func TestDetectors(t *testing.T) {
	for _, c := range []struct {
		name        string
		fp32, casts int
	}{
		{"yolov8n", 13, 3},
		{"yolov8s", 13, 3},
		{"yolov5n", 27, 8},
		{"yolov5s", 27, 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			raw, err := os.ReadFile("../../testdata/zoo/" + c.name + "_boxes.json")
			require.NoError(t, err)
			var want detections
			require.NoError(t, json.Unmarshal(raw, &want))
			require.Greater(t, len(want.Boxes), 100)
			m := generated(t, c.name)
			o := zoo.Options{Height: want.Input.Shape[2], Width: want.Input.Shape[3], Output: zoo.OutputBoxes}
			typed := func(p *precision.Plan, n *trt.Network) *trt.Network {
				n, err := precision.Apply(n, p)
				require.NoError(t, err)
				return n
			}
			p, n := decideTolerant(t, m, o, 0.1)
			for l, why := range found(p) {
				require.Equal(t, []precision.Code{coord}, why, l)
			}
			_, _, fp32 := p.Count()
			require.Equal(t, []int{c.fp32, c.casts}, []int{fp32, p.Casts})
			box, score := want.apart(t, typed(p, n))
			t.Logf("%d boxes, off by at most %.4f pixels, scores by %.5f", len(want.Boxes), box, score)
			require.LessOrEqual(t, box, 0.1)
			require.LessOrEqual(t, score, 5e-3)

			p, n = decideTolerant(t, m, o, 100)
			require.Empty(t, found(p))
			box, _ = want.apart(t, typed(p, n))
			t.Logf("without COORD by %.4f pixels", box)
			require.Greater(t, box, 0.12)
		})
	}
}

// The framework's own outputs hold boxes and scores in one tensor, which is
// FP32 as a whole; the scores are FP16 up to there. At what is raw nothing is
// asked for.
func TestDetectorOutputs(t *testing.T) {
	for _, name := range []string{"yolov8n", "yolov5s", "yolov8n-p6", "yolov5n6"} {
		m := generated(t, name)
		smallest, largest := zoo.Size{Height: 640, Width: 640}, zoo.Size{Height: 1280, Width: 1280}
		for _, sizes := range []zoo.Sizes{{}, {Min: smallest, Max: largest}} {
			p, _ := decideSized(t, m, zoo.Options{Sizes: sizes}, precision.Options{FP16: true})
			fp32 := found(p)
			require.NotEmpty(t, fp32)
			for l, why := range fp32 {
				require.Equal(t, []precision.Code{coord}, why, l)
				require.NotContains(t, l, "scores/sigmoid")
				require.Regexp(t, `^model/\d\d/`, l)
				d, _ := p.Layer(l)
				require.Contains(t, d.Why, "output0")
				require.NotContains(t, d.Why, "known")
			}
		}
		p, _ := decideSized(t, m, zoo.Options{Output: zoo.OutputRaw}, precision.Options{FP16: true})
		require.Empty(t, found(p), name)
	}
}

// FP32 alone does not help a product that TensorRT computes in TF32, and the
// plan says so. The detectors sum up distances without one.
func TestCoordinatesInTF32(t *testing.T) {
	for _, tf32 := range []bool{true, false} {
		n := trt.NewNetwork("distances", trt.Target{})
		shares := n.AddSoftmax("shares", conv(n, "conv", image(n), kernel(gaussian(0.06)), nil), 1)
		bins := trt.NewWeights(trt.Dims{1, 64, 1, 1}, values(0, 64, func(i int64, _ float64) float64 { return float64(i) }))
		y := n.AddConvolution("mean", shares, trt.Convolution{OutChannels: 1, Kernel: trt.Dims{1, 1}, Weight: bins})
		n.MarkOutput(y, "y")
		y.Tolerance = 0.01
		p, _ := plan(t, n, precision.Options{FP16: true, TF32: tf32})
		d, _ := p.Layer("mean")
		require.Contains(t, d.Codes, coord)
		require.Equal(t, tf32, strings.Contains(d.Why, "--no-tf32"), d.Why)

		p, n = decideSized(t, generated(t, "yolov8n"), zoo.Options{}, precision.Options{FP16: true, TF32: tf32})
		for _, l := range n.Layers() {
			d, _ := p.Layer(l.Name)
			require.NotContains(t, d.Why, "--no-tf32", l.Name)
		}
	}
}
