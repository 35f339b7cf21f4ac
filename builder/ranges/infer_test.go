package ranges_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/ranges"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Moments of functions of a normal variable are those that PyTorch's functions
// give on a fine grid: testdata/gen/moments.py.
func TestFunctions(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/ranges/functions.json")
	require.NoError(t, err)
	var file struct {
		Cases []struct {
			Kind, Name  string
			Alpha, Beta float32
			Mean, Std   float64
			JSONMean    float64 `json:"want_mean"`
			JSONStd     float64 `json:"want_std"`
		}
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Cases)
	for _, c := range file.Cases {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1})
		if c.Kind == "unary" {
			x = n.AddUnary("y", x, trt.UnaryOperation(c.Name))
		} else {
			x = n.AddActivation("y", x, trt.Activation{Type: trt.ActivationType(c.Name), Alpha: c.Alpha, Beta: c.Beta})
		}
		n.MarkOutput(x, "y")
		f, _ := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: []float64{c.Mean}, Std: []float64{c.Std}}}})
		y := f.Tensors["y"].Channels[0]
		scale := math.Hypot(c.JSONMean, c.JSONStd)
		if c.Name == "thresholded_relu" { // jumps between two points of our grid
			scale *= 8
		}
		require.InDelta(t, c.JSONMean, y.Mean, 0.02*scale+1e-9, "mean of %s(%g, %g)", c.Name, c.Mean, c.Std)
		require.InDelta(t, c.JSONStd, y.Std(), 0.04*scale+1e-9, "deviation of %s(%g, %g)", c.Name, c.Mean, c.Std)
		require.GreaterOrEqual(t, y.Bound, math.Abs(c.JSONMean))
		if c.Name == "relu" { // a closed form
			require.InDelta(t, c.JSONMean, y.Mean, 1e-7*scale)
			require.InDelta(t, c.JSONStd, y.Std(), 1e-7*scale)
		}
	}
}

func random(seed uint64, dims trt.Dims, mean, std float64) *trt.Weights {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make(trt.Float32s, dims.Count())
	for i := range v {
		v[i] = float32(mean + std*r.NormFloat64())
	}
	return trt.NewWeights(dims, v)
}

const side = 48

// layerCase is a layer l, or a few, behind an input of four channels.
type layerCase struct {
	record func(n *trt.Network, x *trt.Tensor) *trt.Tensor
	mean   float64 // tolerance, in root mean squares of the channel
	square float64 // the prediction lies within this factor
}

func layerCases() map[string]layerCase {
	one := trt.Dims{1, 1}
	return map[string]layerCase{
		"convolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddConvolution("l", x, trt.Convolution{OutChannels: 6, Groups: 2, Kernel: trt.Dims{3, 3}, Weight: random(1, trt.Dims{6, 2, 3, 3}, 0.1, 0.3), Bias: random(2, trt.Dims{6}, 0, 1)})
		}, 0.1, 1.1},
		"deconvolution": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddDeconvolution("l", x, trt.Deconvolution{OutChannels: 6, Groups: 2, Kernel: trt.Dims{2, 2}, Stride: trt.Dims{2, 2}, Weight: random(1, trt.Dims{4, 3, 2, 2}, 0.1, 0.3), Bias: random(2, trt.Dims{6}, 0, 1)})
		}, 0.1, 4}, // with strides, means differ from place to place
		"scale": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 1, Scale: random(1, trt.Dims{4}, 0, 2), Shift: random(2, trt.Dims{4}, 0, 1)})
		}, 0.1, 1.1},
		"scale of elements": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1, Scale: random(1, trt.Dims{4, side, side}, 1, 0.5), Shift: random(2, trt.Dims{4, side, side}, 0.5, 1)})
		}, 0.1, 1.1},
		"scale of pixels": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 2, Scale: random(1, trt.Dims{side, side}, 1, 0.5)})
		}, 0.1, 1.1},
		"scale of nothing": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleElementWise, ChannelAxis: 1})
		}, 0.1, 1.1},
		"scale of columns": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleChannel, ChannelAxis: 3, Scale: random(1, trt.Dims{side}, 1, 0.5), Shift: random(2, trt.Dims{side}, -2, 1)})
		}, 0.1, 1.1},
		"squared": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddScale("l", x, trt.Scale{Mode: trt.ScaleUniform, Scale: random(1, trt.Dims{1}, 2, 0), Power: random(1, trt.Dims{1}, 2, 0)})
		}, 0.1, 1.2},
		"sum with itself": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, x, trt.Sum)
		}, 0.1, 1.1},
		"sum with a constant": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddConstant("c", random(1, trt.Dims{1, 4, 1, 1}, 0, 2)), trt.Sub)
		}, 0.1, 1.1},
		"product with a constant": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddConstant("c", random(1, trt.Dims{1, 4, 1, 1}, 0, 2)), trt.Prod)
		}, 0.1, 1.1},
		"division by a constant": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddConstant("c", random(1, trt.Dims{1, 4, 1, 1}, 5, 0.5)), trt.Div)
		}, 0.1, 1.1},
		"power": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddConstant("c", random(1, trt.Dims{1, 1, 1, 1}, 2, 0)), trt.Pow)
		}, 0.1, 1.2},
		"silu": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddActivation("s", x, trt.Activation{Type: trt.Sigmoid}), trt.Prod)
		}, 0.1, 1.1},
		"square": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, x, trt.Prod)
		}, 0.1, 1.2},
		"gated by another tensor": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", n.AddActivation("s", x, trt.Activation{Type: trt.Sigmoid}), n.AddUnary("neg", x, trt.Neg), trt.Prod)
		}, 0.7, 6}, // factors are taken for independent
		"greater of two": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddElementWise("l", x, n.AddUnary("neg", x, trt.Neg), trt.Max)
		}, 1.2, 2.5},
		"maximum pooling": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddPooling("l", x, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{3, 3}, Stride: trt.Dims{2, 2}})
		}, 0.1, 1.2},
		"average pooling": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddPooling("l", x, trt.Pooling{Type: trt.AveragePool, Window: trt.Dims{2, 2}})
		}, 0.2, 4.2},
		"spatial sum": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddReduce("l", x, trt.Reduce{Operation: trt.ReduceSum, Axes: []int{3}, KeepDims: true})
		}, 0.4, 1.3},
		"mean of channels": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddReduce("l", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{1}, KeepDims: true})
		}, 0.4, 15}, // channels are taken for alike
		"concatenation": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddConcatenation("l", 1, x, n.AddUnary("neg", x, trt.Neg))
		}, 0.1, 1.1},
		"slice of channels": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddSlice("l", x, trt.Slice{Axes: []int{1}, Start: trt.Dims{3}, Size: trt.Dims{2}, Stride: trt.Dims{-2}})
		}, 0.1, 1.1},
		"flatten": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddShuffle("l", x, trt.Shuffle{Reshape: trt.Dims{0, 4 * side, side}})
		}, 0.5, 2.2}, // a row is 48 values
		"transpose twice": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			y := n.AddShuffle("t", x, trt.Shuffle{FirstTranspose: []int{0, 2, 3, 1}})
			return n.AddShuffle("l", y, trt.Shuffle{FirstTranspose: []int{0, 3, 1, 2}})
		}, 1.3, 40}, // channels are mixed up on the way
		"transpose of the rest": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddShuffle("l", x, trt.Shuffle{FirstTranspose: []int{0, 1, 3, 2}})
		}, 0.1, 1.1},
		"unsqueeze and squeeze": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddSqueeze("l", n.AddUnsqueeze("u", x, 3), 3)
		}, 0.1, 1.1},
		"resize": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddResize("l", x, trt.Resize{Scales: []float32{1, 1, 2, 2}})
		}, 0.1, 1.1},
		"padding": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddPadding("l", x, trt.Padding{PrePadding: one, PostPadding: one})
		}, 0.1, 1.2},
		"matrix": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			y := n.AddShuffle("f", x, trt.Shuffle{Reshape: trt.Dims{side * side, 4}})
			w := n.AddConstant("w", random(1, trt.Dims{3, 4}, 0, 1))
			return n.AddMatrixMultiply("l", y, trt.MatrixNone, w, trt.MatrixTranspose)
		}, 0.5, 3},
		"product of tensors": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddMatrixMultiply("l", x, trt.MatrixNone, n.AddConstant("c", random(1, trt.Dims{1, 4, side, side}, 0, 1)), trt.MatrixTranspose)
		}, 1, 8}, // one mixture
		"softmax": {func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return n.AddSoftmax("l", x, 3) }, 0.8, 60}, // as if one entry took all
	}
}

// The input's channels differ, so that a channel in the wrong place shows.
var (
	inputMean = []float64{0, 1, -2, 0.5}
	inputStd  = []float64{1, 0.5, 1, 0.1}
)

func (c layerCase) network(t *testing.T) (*trt.Network, *trt.Value) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 4, side, side})
	n.MarkOutput(c.record(n, x), "y")
	require.NoError(t, n.Err())
	in := &trt.Value{Type: dtype.Float32, Dims: x.Dims}
	for ch := range inputMean {
		v := random(uint64(ch+10), trt.Dims{side * side}, inputMean[ch], inputStd[ch])
		in.Floats = append(in.Floats, v.Values().(trt.Float32s)...)
	}
	return n, in
}

func execute(t *testing.T, n *trt.Network, in *trt.Value) *trt.Value {
	out, err := refexec.Run(context.Background(), n, map[string]*trt.Value{"x": in}, refexec.Options{})
	require.NoError(t, err)
	return out["y"]
}

// TestLayers runs layers on normal inputs and finds each output channel where
// it was predicted.
func TestLayers(t *testing.T) {
	for name, c := range layerCases() {
		t.Run(name, func(t *testing.T) {
			n, in := c.network(t)
			f, n := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: inputMean, Std: inputStd}}})
			y, want := execute(t, n, in), f.Tensors["y"]
			require.NotNil(t, want)
			channels := int(y.Dims[1])
			if len(want.Channels) > 1 {
				require.Len(t, want.Channels, channels)
			}
			inner := int(y.Dims[2:].Count())
			sums, squares := make([]float64, channels), make([]float64, channels)
			per := float64(len(y.Floats) / channels)
			for i, v := range y.Floats {
				ch := i / inner % channels
				sums[ch] += float64(v) / per
				squares[ch] += float64(v) * float64(v) / per
				require.LessOrEqual(t, math.Abs(float64(v)), want.Channels[min(ch, len(want.Channels)-1)].Bound)
			}
			for ch := range channels {
				p := want.Channels[min(ch, len(want.Channels)-1)]
				rms := math.Sqrt(squares[ch])
				require.InDelta(t, sums[ch], p.Mean, c.mean*rms, "mean of channel %d", ch)
				require.InDelta(t, 0, math.Log(p.MeanSquare()/squares[ch]), math.Log(c.square), "mean square of channel %d: predicted %g, found %g", ch, p.MeanSquare(), squares[ch])
			}
		})
	}
}

// TestSpread adds a small error to two channels of the input and finds its
// energy in the output where it was predicted.
func TestSpread(t *testing.T) {
	wanted := []float64{1e-6, 0, 0, 4e-6}
	for name, c := range layerCases() {
		t.Run(name, func(t *testing.T) {
			n, in := c.network(t)
			f, n := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: inputMean, Std: inputStd}}})
			err := map[*trt.Tensor][]float64{n.Inputs()[0]: wanted}
			for _, l := range n.Layers() {
				var sum []float64
				for i, x := range l.Inputs {
					if err[x] == nil {
						continue
					}
					out := f.Spread(l, i, err[x])
					if out == nil {
						require.Contains(t, []string{"squared", "power", "product of tensors"}, name, "these cannot be followed")
						return
					}
					if sum == nil {
						sum = make([]float64, len(out))
					}
					for c := range sum {
						sum[c] += out[c]
					}
				}
				err[l.Outputs[0]] = sum
			}
			exact := execute(t, n, in)
			wrong := *in
			wrong.Floats = slices.Clone(in.Floats)
			r := rand.New(rand.NewPCG(3, 3))
			for i := range wrong.Floats {
				wrong.Floats[i] += float32(math.Sqrt(wanted[i/(side*side)]) * r.NormFloat64())
			}
			got := execute(t, n, &wrong)
			predicted := err[n.Outputs()[0]]
			channels, inner := int(got.Dims[1]), int(got.Dims[2:].Count())
			found := make([]float64, channels)
			for i := range got.Floats {
				d := float64(got.Floats[i]) - float64(exact.Floats[i])
				found[i/inner%channels] += d * d * float64(channels) / float64(len(got.Floats))
			}
			total := 0.0
			for _, e := range found {
				total += e / float64(channels)
			}
			if len(predicted) == 1 {
				found = []float64{total}
			}
			for c, want := range predicted {
				if want == 0 {
					require.Zero(t, found[c])
					continue
				}
				if name == "softmax" { // overestimated as its outputs are
					require.Greater(t, want, found[c])
					continue
				}
				// Pooled averages and the paths of one tensor to itself are not
				// told from independent errors.
				require.Less(t, math.Abs(math.Log(want/found[c])), math.Log(5), "channel %d: predicted %g, found %g", c, want, found[c])
			}
		})
	}
}

// Where the channels of an input are dynamic, the kernel says how many there are.
func TestConvolutionOfDynamicChannels(t *testing.T) {
	of := func(channels int64) *ranges.Facts {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, channels, 8, 8})
		n.MarkOutput(n.AddConvolution("l", x, trt.Convolution{OutChannels: 4, Groups: 2, Kernel: trt.Dims{3, 3}, Weight: random(1, trt.Dims{4, 3, 3, 3}, 0.1, 0.3)}), "y")
		f, _ := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: []float64{1}, Std: []float64{2}}}})
		return f
	}
	require.Equal(t, of(6).Tensors["y"], of(trt.Dynamic).Tensors["y"])
}

// Of kernels and biases that are tensors nothing is known, constants included.
func TestOperandsThatAreTensors(t *testing.T) {
	op := trt.Convolution{OutChannels: 4, Kernel: trt.Dims{1, 1}}
	kernel := random(1, trt.Dims{4, 4, 1, 1}, 0, 1)
	for name, record := range map[string]func(n *trt.Network, x *trt.Tensor) *trt.Tensor{
		"kernel": func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddConvolution("l", x, op, n.AddConstant("k", kernel))
		},
		"bias": func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			given := op
			given.Weight = kernel
			return n.AddConvolution("l", x, given, n.AddConstant("b", random(2, trt.Dims{4}, 5, 1)))
		},
		"both of a deconvolution": func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return n.AddDeconvolution("l", x, trt.Deconvolution(op), n.AddConstant("k", kernel), n.AddConstant("b", random(2, trt.Dims{4}, 5, 1)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, _ := layerCase{record: record}.network(t)
			f, n := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: inputMean, Std: inputStd}}})
			require.Nil(t, f.Tensors["y"])
			l := n.Outputs()[0].Producer()
			require.False(t, ranges.Knows(l))
			require.Nil(t, f.Spread(l, 0, []float64{1, 1, 1, 1}))
			require.True(t, math.IsInf(f.Amplification(l, 0), 1))
		})
	}
}

// Cubic interpolation of the hardest images stays within the certified bounds,
// whatever the coefficient.
func TestCubicBounds(t *testing.T) {
	for _, a := range []float32{-3, -0.75, 0, 0.5, 4} {
		for _, exclude := range []bool{false, true} {
			op := trt.Resize{Mode: trt.ResizeCubic, Coordinates: trt.HalfPixel, CubicCoefficient: &a, ExcludeOutside: exclude, Size: trt.Dims{1, 1, 37, 41}}
			n := trt.NewNetwork("n", trt.Target{})
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 1, 12, 12})
			n.MarkOutput(n.AddResize("l", x, op), "y")
			f, n := analyze(t, n, ranges.Options{Inputs: map[string]ranges.Input{"x": {Mean: []float64{0}, Std: []float64{1}, Low: -1, High: 1}}})
			if exclude && (a < -1 || a > 0) {
				require.Nil(t, f.Tensors["y"])
				require.True(t, math.IsInf(f.Amplification(n.Outputs()[0].Producer(), 0), 1))
				continue
			}
			high, most := f.Tensors["y"].Channels[0].High, float32(0)
			require.InDelta(t, math.Pow(1+math.Abs(float64(a))/2, 2), high, 1e-9)
			require.Equal(t, high, f.Amplification(n.Outputs()[0].Producer(), 0))
			for seed := range uint64(50) {
				r := rand.New(rand.NewPCG(seed, 2))
				in := &trt.Value{Type: dtype.Float32, Dims: x.Dims}
				for range 144 {
					in.Floats = append(in.Floats, float32(2*r.IntN(2)-1))
				}
				most = max(most, slices.Max(execute(t, n, in).Floats))
			}
			require.LessOrEqual(t, float64(most), high+1e-6)
			if a <= 0 {
				require.Greater(t, float64(most), 0.6*high, "the bound is loose")
			}
		}
	}
}
