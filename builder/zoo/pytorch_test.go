package zoo_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// fixture is what PyTorch's float64 run of a real model class answered to a
// generated checkpoint; testdata/gen has the script.
type fixture struct {
	Variant string
	Pool    string
	Seed    uint64
	Input   struct {
		Seed  uint64
		Shape []int64
	}
	Sensitivity map[string]float64
	Taps        map[string]struct{ Mean, Std, Min, Max float64 }
	Std         []float64
	Shape       []int64
	Values      []float64
}

// Every output row is within 1e-3 of its own standard deviation of what the
// real class computes, and wrong constants would show.
func TestPyTorch(t *testing.T) {
	for _, name := range []string{
		"lenet5", "lenet5_avg", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
		"resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
	} {
		t.Run(name, func(t *testing.T) {
			var want fixture
			readJSON(t, "../../testdata/zoo/"+name+".json", &want)
			got, taps := run(t, want, zoo.Options{AveragePool: want.Pool == "average"})
			for tap, m := range want.Taps {
				have, ok := taps[tap]
				require.True(t, ok, tap)
				require.InDelta(t, m.Mean, have.mean, 1e-4*m.Std, "mean of %s", tap)
				require.InDelta(t, m.Std, have.std, 1e-4*m.Std, "std of %s", tap)
			}
			require.Less(t, deviation(want, got), 1e-3)
		})
	}
}

// A wrong eps shifts the outputs by what PyTorch says it does, so the test
// above would see it.
func TestPyTorchSeesWrongEps(t *testing.T) {
	var want fixture
	readJSON(t, "../../testdata/zoo/resnet18.json", &want)
	got, _ := run(t, want, zoo.Options{Eps: 1e-3})
	require.GreaterOrEqual(t, deviation(want, got), 0.99*want.Sensitivity["eps 1e-3"])
}

type moments struct{ mean, std float64 }

// run executes the variant of the fixture on its input and returns the output
// and the moments of the tensors that fixtures tap, by their PyTorch names.
func run(t *testing.T, f fixture, o zoo.Options) ([]float32, map[string]moments) {
	specs, err := zoo.Spec(f.Variant, 0)
	require.NoError(t, err)
	m, err := checkpoint.New(f.Variant+".wts", f.Seed, specs)
	require.NoError(t, err)
	n, h, w := f.Input.Shape[0], f.Input.Shape[2], f.Input.Shape[3]
	o.Batch, o.Height, o.Width = zoo.Batch{Min: n, Opt: n, Max: n}, h, w
	built, err := detect(t, m).Build(m, trt.Target{}, o)
	require.NoError(t, err)
	require.Equal(t, trt.Dims(f.Shape), built.Network.Outputs()[0].Dims)

	input := checkpoint.Tensor{Name: "input", Shape: f.Input.Shape, Kind: checkpoint.Input}
	x := make([]float32, input.Count())
	checkpoint.Fill(input, f.Input.Seed, 0, x)

	taps := map[string]moments{}
	out, err := refexec.Run(t.Context(), built.Network, map[string]*trt.Value{
		built.Input.Name: {Type: dtype.Float32, Dims: f.Input.Shape, Floats: x},
	}, refexec.Options{Tap: func(tensor string, _ *trt.Tensor, v *trt.Value) {
		if v.Type == dtype.Float32 {
			taps[tapName(tensor)] = measure(v.Floats)
		}
	}})
	require.NoError(t, err)
	return out[built.Network.Outputs()[0].Name].Floats, taps
}

// tapName maps the last layer of a block, and of a LeNet's linear layers, to
// the name that the scripts tap.
func tapName(tensor string) string {
	var stage, block, i int
	if n, _ := fmt.Sscanf(tensor, "layer%d/%d/relu", &stage, &block); n == 2 && tensor == fmt.Sprintf("layer%d/%d/relu", stage, block) {
		return fmt.Sprintf("layer%d.%d", stage, block)
	}
	if n, _ := fmt.Sscanf(tensor, "relu%d", &i); n == 1 && i > 2 {
		return fmt.Sprintf("fc%d", i-2)
	}
	return tensor
}

func measure(v []float32) moments {
	var sum, squares float64
	for _, x := range v {
		sum += float64(x)
	}
	mean := sum / float64(len(v))
	for _, x := range v {
		squares += (float64(x) - mean) * (float64(x) - mean)
	}
	return moments{mean, math.Sqrt(squares / float64(len(v)))}
}

// deviation is the largest difference in a row over that row's standard
// deviation, in the worst row.
func deviation(f fixture, got []float32) float64 {
	worst, row := 0., len(got)/len(f.Std)
	for i, x := range got {
		worst = max(worst, math.Abs(float64(x)-f.Values[i])/f.Std[i/row])
	}
	return worst
}
