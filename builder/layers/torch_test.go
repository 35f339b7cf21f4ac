package layers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/internal/opcase"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// layerCase is what PyTorch makes of one layer; testdata/gen/layers*.py wrote it.
// The inputs of several runs follow each other, an output for each.
type layerCase struct {
	Name      string           `json:"name"`
	Layer     string           `json:"op"`
	Params    layerParams      `json:"params"`
	Inputs    []*opcase.Tensor `json:"inputs"`
	Weights   []*opcase.Tensor `json:"weights"`
	Outputs   []*opcase.Tensor `json:"outputs"`
	Tolerance float64          `json:"tolerance"`
}

type layerParams struct {
	trt.Pooling
	Names      []string           `json:"names"`
	Kernel     trt.Dims           `json:"kernel"`
	Padding    trt.Dims           `json:"padding"`
	Dilation   trt.Dims           `json:"dilation"`
	Bias       bool               `json:"bias"`
	Factor     int64              `json:"factor"`
	Mode       string             `json:"mode"`
	Align      bool               `json:"align"`
	Size       trt.Dims           `json:"size"`
	Scale      []float64          `json:"scale"`
	Out        int64              `json:"out"`
	Eps        float64            `json:"eps"`
	Affine     bool               `json:"affine"`
	Groups     int64              `json:"groups"`
	Heads      int64              `json:"heads"`
	Hidden     int64              `json:"hidden"`
	Activation trt.ActivationType `json:"activation"`
	NormFirst  bool               `json:"norm_first"`
	Split      bool               `json:"split"`
	Masked     bool               `json:"masked"`
	Padded     bool               `json:"padded"`
}

func readCases(t *testing.T, file string) map[string][]layerCase {
	raw, err := os.ReadFile("../../testdata/layers/" + file)
	require.NoError(t, err)
	var read struct{ Cases []layerCase }
	require.NoError(t, json.Unmarshal(raw, &read))
	all := map[string][]layerCase{}
	for _, c := range read.Cases {
		all[c.Layer] = append(all[c.Layer], c)
	}
	return all
}

// opening returns the dimensions of an input as they are recorded: some of them
// dynamic.
type opening func(c *layerCase, d trt.Dims) trt.Dims

// closed leaves nothing open.
func closed(_ *layerCase, d trt.Dims) trt.Dims { return d }

// openBatch leaves the batch open, and the length of a sequence.
func openBatch(c *layerCase, d trt.Dims) trt.Dims {
	d = d.Clone()
	d[0] = trt.Dynamic
	if c.Layer == "encoder_layer" {
		d[1] = trt.Dynamic
	}
	return d
}

// openSize leaves all open but the channels, and the features of a sequence.
func openSize(c *layerCase, d trt.Dims) trt.Dims {
	if c.Layer != "encoder_layer" {
		return trt.Dims{trt.Dynamic, d[1], trt.Dynamic, trt.Dynamic}
	}
	open := slices.Repeat(trt.Dims{trt.Dynamic}, len(d))
	if d.Equal(c.Inputs[0].Dims) {
		open[2] = d[2]
	}
	return open
}

// each is the number of inputs of a run.
func (c *layerCase) each() int { return len(c.Inputs) / len(c.Outputs) }

// record adds the layer to net under a path, reading inputs of the first run.
func (c *layerCase) record(t *testing.T, net *trt.Network, path string, open opening) *trt.Tensor {
	in := make([]*trt.Tensor, c.each())
	for i := range in {
		in[i] = net.AddInput(fmt.Sprintf("%s_x%d", path, i), c.Inputs[i].Type, open(c, c.Inputs[i].Dims))
	}
	entries := make([]weightstest.Tensor, len(c.Weights))
	for i, w := range c.Weights {
		entries[i] = weightstest.Tensor{Name: path + "." + c.Params.Names[i], Count: w.Dims.Count(), Shape: w.Dims, Values: w.Value().Floats}
	}
	b := bind.New(net, bind.NewView(weightstest.New(path+".wts", entries)))
	y := c.layer(b, path, in)
	_, err := b.Finish()
	require.NoError(t, err)
	return y
}

func (c *layerCase) layer(b *bind.Binder, path string, in []*trt.Tensor) *trt.Tensor {
	net, p, x := b.Network(), c.Params, in[0]
	switch c.Layer {
	case "pixel_shuffle":
		return layers.PixelShuffle(net, path, x, p.Factor)
	case "pixel_unshuffle":
		return layers.PixelUnshuffle(net, path, x, p.Factor)
	case "upsample":
		return layers.Upsample(net, path, x, layers.Interpolation{Mode: layers.InterpolationMode(p.Mode), Size: p.Size, Scale: p.Scale, AlignCorners: p.Align})
	case "ceil_pooling":
		return layers.CeilPooling(net, path, x, p.Pooling)
	case "adaptive_average":
		return layers.AdaptiveAveragePool(net, path, x, p.Size)
	case "adaptive_max":
		return layers.AdaptiveMaxPool(net, path, x, p.Size)
	case "deform_conv":
		var mask *trt.Tensor
		if len(in) == 3 {
			mask = in[2]
		}
		return b.DeformConv(path, x, in[1], mask, bind.Convolution{
			Out: p.Out, Kernel: p.Kernel, Stride: p.Stride, Padding: p.Padding, Groups: p.Groups, Bias: p.Bias,
		}, p.Dilation)
	case "linear":
		return b.Linear(path, x, p.Out)
	case "batch_norm":
		return b.BatchNorm(path, x, p.Eps)
	case "layer_norm":
		return b.LayerNorm(path, x, p.Eps)
	case "instance_norm":
		return b.InstanceNorm(path, x, p.Eps, p.Affine)
	case "group_norm":
		return b.GroupNorm(path, x, p.Groups, p.Eps)
	case "encoder_layer":
		e := bind.EncoderLayer{Heads: p.Heads, Hidden: p.Hidden, Activation: p.Activation, NormFirst: p.NormFirst, Split: p.Split}
		if p.Masked {
			e.Mask = in[1]
		}
		if p.Padded {
			e.PaddingMask = in[len(in)-1]
		}
		return b.EncoderLayer(path, x, e)
	}
	panic("no layer " + c.Layer)
}

// check runs a recorded layer and compares all that PyTorch computed.
func (c *layerCase) check(t *testing.T, open opening) {
	net := trt.NewNetwork("case", trt.Target{})
	net.MarkOutput(c.record(t, net, "m", open), "y")
	for run, want := range c.Outputs {
		in := map[string]*trt.Value{}
		for i, x := range c.Inputs[run*c.each() : (run+1)*c.each()] {
			in[fmt.Sprintf("m_x%d", i)] = x.Value()
		}
		out, err := refexec.Run(context.Background(), net, in, refexec.Options{})
		require.NoError(t, err)
		requireClose(t, want, out["y"], c.Tolerance)
	}
}

// Every layer computes what PyTorch computes, with a batch of its own and with
// one that is left open.
func TestPyTorch(t *testing.T) {
	kinds := readCases(t, "layers.json")
	require.Len(t, kinds, 13)
	for kind, cases := range kinds {
		require.GreaterOrEqual(t, len(cases), 5, kind)
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) { c.check(t, closed) })
			t.Run(c.Name+" dynamic", func(t *testing.T) { c.check(t, openBatch) })
		}
	}
}

// One network takes images of several sizes.
func TestPyTorchOfAllSizes(t *testing.T) {
	kinds := readCases(t, "sizes.json")
	require.Len(t, kinds, 7)
	for _, cases := range kinds {
		for _, c := range cases {
			require.Len(t, c.Outputs, 3)
			t.Run(c.Name, func(t *testing.T) { c.check(t, openSize) })
		}
	}
}

// requireClose allows a part of the largest output.
func requireClose(t *testing.T, want *opcase.Tensor, got *trt.Value, tolerance float64) {
	t.Helper()
	require.Equal(t, want.Dims, got.Dims)
	largest := 0.0
	for _, v := range want.Values {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want.Values {
		require.InDelta(t, float64(v), got.Floats[i], tolerance*largest, "element %d", i)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, text string
		add        func(net *trt.Network, x *trt.Tensor) *trt.Tensor
	}{
		{"channels", "layer y: input: has channels that do not split", func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return layers.PixelShuffle(n, "y", x, 2) }},
		{"height", "height or width that does not divide: expected multiples of 2, found [1,3,5,4]", func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return layers.PixelUnshuffle(n, "y", x, 2) }},
		{"mode", "is none of nearest", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.Upsample(n, "y", x, layers.Interpolation{Mode: "area", Size: trt.Dims{1, 1}})
		}},
		{"size and scale", "one of them must have an entry for each of 2", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.Upsample(n, "y", x, layers.Interpolation{Mode: layers.Linear, Size: trt.Dims{1, 1}, Scale: []float64{2, 2}})
		}},
		{"aligned nearest", "corners are aligned in linear and cubic only", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.Upsample(n, "y", x, layers.Interpolation{Mode: layers.Nearest, Size: trt.Dims{1, 1}, AlignCorners: true})
		}},
		{"pooled rank", "a static extent for each of the window's", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.CeilPooling(n, "y", x, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{2, 2, 2}})
		}},
		{"large window", "is smaller than the window", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.CeilPooling(n, "y", x, trt.Pooling{Type: trt.MaxPool, Window: trt.Dims{7, 7}})
		}},
		{"large factor", "has channels that do not split into pixels: expected a multiple of 4294967296 squared", func(n *trt.Network, x *trt.Tensor) *trt.Tensor { return layers.PixelShuffle(n, "y", x, 1<<32) }},
		{"large factor of open sizes", "has a height or width that does not divide: expected multiples of 4294967296", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return layers.PixelUnshuffle(n, "y", n.AddInput("open", dtype.Float32, trt.Dims{1, 3, trt.Dynamic, trt.Dynamic}), 1<<32)
		}},
		{"open windows", "layer y: input: is dynamic in dimension 3, so the 2 windows there have no lengths yet; make it static, or pool it to 1: [1,3,4,-1]", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return layers.AdaptiveAveragePool(n, "y", n.AddInput("open", dtype.Float32, trt.Dims{1, 3, 4, trt.Dynamic}), trt.Dims{2, 2})
		}},
		{"endless windows", "size: is too large in dimension 3: expected at most 1048576 positions to read or write, found 1099511627776 of 4", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return layers.AdaptiveMaxPool(n, "y", n.AddInput("wide", dtype.Float32, trt.Dims{1, 3, 4, 4}), trt.Dims{2, 1 << 40})
		}},
		{"adaptive size", "size: must be positive: [0,2]", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.AdaptiveMaxPool(n, "y", x, trt.Dims{0, 2})
		}},
		{"open channels", "must be a batch of images of a fixed number of channels: expected [N,C,H,W], found [1,-1,4,4]", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			return layers.PixelShuffle(n, "y", n.AddInput("open", dtype.Float32, trt.Dims{1, trt.Dynamic, 4, 4}), 2)
		}},
		{"adaptive rank", "must have an extent for each of the size", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			return layers.AdaptiveMaxPool(n, "y", x, trt.Dims{2})
		}},
		{"adaptive name", "layer y/axis2/positions", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			n.AddIdentity("y/axis2/positions", x)
			return layers.AdaptiveMaxPool(n, "y", x, trt.Dims{3, 3})
		}},
		{"offset channels", "has channels for no number of groups: expected 18 for each, found [1,8,5,4]", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			offset := n.AddInput("offset", dtype.Float32, trt.Dims{1, 8, 5, 4})
			return layers.DeformableConvolution(n, "y", x, offset, nil, layers.Deformation{Weight: trt.NewWeights(trt.Dims{1, 3, 3, 3}, make(trt.Float32s, 27))})
		}},
		{"large kernel", "weight: is larger than the padded input", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			offset := n.AddInput("offset", dtype.Float32, trt.Dims{1, 50, 1, 1})
			return layers.DeformableConvolution(n, "y", x, offset, nil, layers.Deformation{Stride: trt.Dims{2, 2}, Weight: trt.NewWeights(trt.Dims{1, 3, 5, 5}, make(trt.Float32s, 75))})
		}},
		{"large dilation", "stride, dilation and padding: are out of range: [1,1], [1,4611686018427387904], [0,0]", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			open := n.AddInput("open", dtype.Float32, trt.Dims{1, 3, trt.Dynamic, trt.Dynamic})
			return layers.DeformableConvolution(n, "y", open, open, nil, layers.Deformation{Dilation: trt.Dims{1, 1 << 62}, Weight: trt.NewWeights(trt.Dims{1, 3, 3, 3}, make(trt.Float32s, 27))})
		}},
		{"large grid", "layer y: input: is too large: the places of all taps of all pixels are a constant; make height and width dynamic, so that they are computed: expected at most 67108864 taps, found [1,1,8193,8192]", func(n *trt.Network, _ *trt.Tensor) *trt.Tensor {
			large, offset := n.AddInput("large", dtype.Float32, trt.Dims{1, 1, 8193, 8192}), n.AddInput("offset", dtype.Float32, trt.Dims{1, 2, 8193, 8192})
			return layers.DeformableConvolution(n, "y", large, offset, nil, layers.Deformation{Weight: trt.NewWeights(trt.Dims{1, 1, 1, 1}, trt.Float32s{1})})
		}},
		{"mask", "mask: has the wrong dimensions: expected [1,1,5,4], found [1,3,5,4]", func(n *trt.Network, x *trt.Tensor) *trt.Tensor {
			offset := n.AddInput("offset", dtype.Float32, trt.Dims{1, 2, 5, 4})
			return layers.DeformableConvolution(n, "y", x, offset, x, layers.Deformation{Weight: trt.NewWeights(trt.Dims{1, 3, 1, 1}, make(trt.Float32s, 3))})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := trt.NewNetwork("refused", trt.Target{})
			x := c.add(net, net.AddInput("x", dtype.Float32, trt.Dims{1, 3, 5, 4}))
			require.ErrorContains(t, net.Err(), c.text)
			// Nothing follows an error, and nothing panics.
			x = layers.PixelShuffle(net, "a", x, 2)
			x = layers.PixelUnshuffle(net, "b", x, 2)
			x = layers.Upsample(net, "c", x, layers.Interpolation{Mode: layers.Cubic, Scale: []float64{2, 2}})
			x = layers.CeilPooling(net, "d", x, trt.Pooling{})
			layers.AdaptiveAveragePool(net, "e", x, trt.Dims{1, 1})
			require.ErrorContains(t, net.Err(), c.text)
		})
	}
}

// What dynamic dimensions hide when a network is recorded is refused when it runs.
func TestRefusedWhenRun(t *testing.T) {
	open := trt.Dims{1, 2, trt.Dynamic, trt.Dynamic}
	zeros := func(d ...int64) *trt.Value {
		return &trt.Value{Type: dtype.Float32, Dims: d, Floats: make([]float32, trt.Dims(d).Count())}
	}
	net := trt.NewNetwork("unshuffle", trt.Target{})
	net.MarkOutput(layers.PixelUnshuffle(net, "u", net.AddInput("x", dtype.Float32, open), 2), "y")
	_, err := refexec.Run(t.Context(), net, map[string]*trt.Value{"x": zeros(1, 2, 4, 3)}, refexec.Options{})
	require.ErrorContains(t, err, "layer u/split: does not take inputs of these dimensions")

	net = trt.NewNetwork("deform", trt.Target{})
	x, offset := net.AddInput("x", dtype.Float32, open), net.AddInput("offset", dtype.Float32, trt.Dims{1, 18, trt.Dynamic, trt.Dynamic})
	d := layers.Deformation{Weight: trt.NewWeights(trt.Dims{1, 2, 3, 3}, make(trt.Float32s, 18)), Padding: trt.Dims{1, 1}}
	net.MarkOutput(layers.DeformableConvolution(net, "d", x, offset, nil, d), "y")
	in := map[string]*trt.Value{"x": zeros(1, 2, 5, 4), "offset": zeros(1, 18, 5, 3)}
	_, err = refexec.Run(t.Context(), net, in, refexec.Options{})
	require.ErrorContains(t, err, "the offset of a tap is for another size than the output has")
	in["offset"] = zeros(1, 18, 5, 4)
	_, err = refexec.Run(t.Context(), net, in, refexec.Options{})
	require.NoError(t, err)
}

// Half precision keeps the places of an image of any size.
func TestDeformableConvolutionInHalf(t *testing.T) {
	net := trt.NewNetwork("half", trt.Target{})
	x := net.AddInput("x", dtype.Float16, trt.Dims{1, 1, trt.Dynamic, trt.Dynamic})
	offset := net.AddInput("offset", dtype.Float16, trt.Dims{1, 2, trt.Dynamic, trt.Dynamic})
	d := layers.Deformation{Weight: trt.NewWeights(trt.Dims{1, 1, 1, 1}, trt.Float32s{1}).As(dtype.Float16)}
	net.MarkOutput(layers.DeformableConvolution(net, "d", x, offset, nil, d), "y")
	out, err := refexec.Run(t.Context(), net, map[string]*trt.Value{
		"x":      {Type: dtype.Float16, Dims: trt.Dims{1, 1, 2, 2}, Floats: []float32{1, 2, 3, 4}},
		"offset": {Type: dtype.Float16, Dims: trt.Dims{1, 2, 2, 2}, Floats: []float32{1, 1, -1, -1, 0, 0, 0, 0}},
	}, refexec.Options{})
	require.NoError(t, err)
	require.Equal(t, []float32{3, 4, 1, 2}, out["y"].Floats, "rows are swapped")
}
