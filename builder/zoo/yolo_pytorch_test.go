package zoo_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// detection is what PyTorch's float64 run of a real detector answered to a
// generated checkpoint; testdata/gen/yolo.py has the script and the words.
type detection struct {
	Name          string
	Seed          uint64
	WeightsSHA256 string `json:"weights_sha256"`
	Input         struct {
		Seed  uint64
		Shape []int64
	}
	Taps        map[string]struct{ Mean, Std float64 }
	Sensitivity map[string]map[string]float64
	Outputs     map[string]sampled
	Tensors     []struct {
		Name, Kind string
		Shape      []int64
		FanIn      int64 `json:"fan_in"`
		Values     []float32
	}
}

// sampled is every Step-th value of an output and the standard deviation for
// each index of its Axis.
type sampled struct {
	Shape  []int64
	Axis   int
	Std    []float64
	Step   int
	Values []float64
}

// specs are the tensors of the checkpoint: the published network's, or those
// that the fixture lists.
func (d detection) specs(t *testing.T) []checkpoint.Tensor {
	if d.Tensors == nil {
		specs, err := zoo.Spec(d.Name, 0)
		require.NoError(t, err)
		return specs
	}
	kinds := map[string]checkpoint.Kind{}
	for k := checkpoint.ConvWeight; k <= checkpoint.Constant; k++ {
		kinds[k.String()] = k
	}
	all := make([]checkpoint.Tensor, 0, len(d.Tensors))
	for _, e := range d.Tensors {
		kind, ok := kinds[e.Kind]
		require.True(t, ok, e.Kind)
		all = append(all, checkpoint.Tensor{Name: e.Name, Shape: e.Shape, Kind: kind, FanIn: e.FanIn, Values: e.Values})
	}
	return all
}

// run executes a network of m on the fixture's image.
func (d detection) run(t *testing.T, m weights.Map, o zoo.Options) (map[string]*trt.Value, map[string]moments) {
	n, h, w := d.Input.Shape[0], d.Input.Shape[2], d.Input.Shape[3]
	o.Batch, o.Height, o.Width = zoo.Batch{Min: n, Opt: n, Max: n}, h, w
	built, err := detect(t, m).Build(m, trt.Target{}, o)
	require.NoError(t, err)
	image := checkpoint.Tensor{Name: "images", Shape: d.Input.Shape, Kind: checkpoint.Image}
	x := make([]float32, image.Count())
	checkpoint.Fill(image, d.Input.Seed, 0, x)
	taps := map[string]moments{}
	out, err := refexec.Run(t.Context(), built.Network, map[string]*trt.Value{
		built.Input.Name: {Type: dtype.Float32, Dims: d.Input.Shape, Floats: x},
	}, refexec.Options{Tap: func(tensor string, _ *trt.Tensor, v *trt.Value) {
		if module := yoloModule(tensor); d.Taps[module].Std > 0 && v.Type == dtype.Float32 {
			taps[module] = measure(v.Floats)
		}
	}})
	require.NoError(t, err)
	return out, taps
}

// yoloModule names the layer that a tensor is, or may be, the output of. Of the
// several in a block the last is.
func yoloModule(tensor string) string {
	name := tensor
	for _, last := range []string{"/act", "/conv", "/cv2", "/cv3"} {
		name = strings.TrimSuffix(name, last)
	}
	return strings.ReplaceAll(name, "/", ".")
}

// deviation is the largest difference over the standard deviation of its
// channel.
func (s sampled) deviation(got []float32) float64 {
	inner := 1
	for _, e := range s.Shape[s.Axis+1:] {
		inner *= int(e)
	}
	worst := 0.
	for i, want := range s.Values {
		at := i * s.Step
		worst = max(worst, math.Abs(float64(got[at])-want)/s.Std[at/inner%len(s.Std)])
	}
	return worst
}

// The outputs of each kind, with what they are called in the fixtures.
func yoloOutputs() map[string][]string {
	return map[string][]string{
		zoo.OutputRaw:    {"p2", "p3", "p4", "p5", "p6"},
		zoo.OutputNative: {"output0"},
		zoo.OutputBoxes:  {"boxes", "scores"},
	}
}

// Logits of each level, boxes and scores are within 1e-3 of the standard
// deviation of their channel of what the real classes compute, and wrong
// constants would show.
func TestYOLOPyTorch(t *testing.T) {
	files, err := filepath.Glob("../../testdata/zoo/yolo*.json")
	require.NoError(t, err)
	files = slices.DeleteFunc(files, func(f string) bool { return strings.HasSuffix(f, "_boxes.json") })
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			var want detection
			readJSON(t, file, &want)
			specs := want.specs(t)
			if testing.Short() && len(specs) > 470 {
				t.Skip("the sizes m, l and x are for the long run")
			}
			require.Equal(t, want.WeightsSHA256, digest(specs, want.Seed))
			m, err := checkpoint.New(want.Name+".wts", want.Seed, specs)
			require.NoError(t, err)

			seen := 0
			for output, names := range yoloOutputs() {
				got, taps := want.run(t, m, zoo.Options{Output: output})
				if output == zoo.OutputRaw {
					require.Len(t, taps, len(want.Taps))
				}
				for module, have := range taps {
					tap := want.Taps[module]
					require.InDelta(t, tap.Mean, have.mean, 1e-4*tap.Std, "mean of %s", module)
					require.InDelta(t, tap.Std, have.std, 1e-4*tap.Std, "std of %s", module)
				}
				for _, name := range names {
					expected, ok := want.Outputs[name]
					if !ok {
						continue
					}
					seen++
					require.Equal(t, trt.Dims(expected.Shape), got[name].Dims, name)
					d := expected.deviation(got[name].Floats)
					require.Less(t, d, 1e-3, name)
					t.Logf("%s: %.1e", name, d)
					for mistake, by := range want.Sensitivity {
						require.Greater(t, by[name], 10*d, fmt.Sprintf("%s in %s would not show", mistake, name))
					}
				}
			}
			require.Equal(t, len(want.Outputs), seen)
		})
	}
}
