package layers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/layers"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// layerCase is what PyTorch makes of one layer; testdata/gen/layers.py wrote it.
type layerCase struct {
	Name      string      `json:"name"`
	Layer     string      `json:"op"`
	Params    layerParams `json:"params"`
	Inputs    []array     `json:"inputs"`
	Weights   []array     `json:"weights"`
	Outputs   []array     `json:"outputs"`
	Tolerance float64     `json:"tolerance"`
}

type array struct {
	Dims   trt.Dims  `json:"dims"`
	Values []float32 `json:"values"`
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
}

func readCases(t *testing.T) map[string][]layerCase {
	raw, err := os.ReadFile("../../testdata/layers/layers.json")
	require.NoError(t, err)
	var file struct{ Cases []layerCase }
	require.NoError(t, json.Unmarshal(raw, &file))
	all := map[string][]layerCase{}
	for _, c := range file.Cases {
		all[c.Layer] = append(all[c.Layer], c)
	}
	return all
}

// record adds the layer to net under a path, reading inputs whose batch, and
// length of a sequence, is as given.
func (c *layerCase) record(t *testing.T, net *trt.Network, path string, batch func(int64) int64) *trt.Tensor {
	in := make([]*trt.Tensor, len(c.Inputs))
	for i, x := range c.Inputs {
		dims := x.Dims.Clone()
		dims[0] = batch(dims[0])
		if c.Layer == "encoder_layer" {
			dims[1] = batch(dims[1])
		}
		in[i] = net.AddInput(fmt.Sprintf("%s_x%d", path, i), dtype.Float32, dims)
	}
	entries := make([]weightstest.Tensor, len(c.Weights))
	for i, w := range c.Weights {
		entries[i] = weightstest.Tensor{Name: path + "." + c.Params.Names[i], Count: w.Dims.Count(), Shape: w.Dims, Values: w.Values}
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
		return b.EncoderLayer(path, x, bind.EncoderLayer{
			Heads: p.Heads, Hidden: p.Hidden, Activation: p.Activation, NormFirst: p.NormFirst, Split: p.Split,
		})
	}
	panic("no layer " + c.Layer)
}

func same(n int64) int64 { return n }

func dynamic(int64) int64 { return trt.Dynamic }

// Every layer computes what PyTorch computes, with a batch of its own and with
// one that is left open.
func TestPyTorch(t *testing.T) {
	kinds := readCases(t)
	require.Len(t, kinds, 13)
	for kind, cases := range kinds {
		require.GreaterOrEqual(t, len(cases), 5, kind)
		for _, c := range cases {
			for open, batch := range map[string]func(int64) int64{"": same, " dynamic": dynamic} {
				t.Run(c.Name+open, func(t *testing.T) {
					net := trt.NewNetwork("case", trt.Target{})
					net.MarkOutput(c.record(t, net, "m", batch), "y")
					in := map[string]*trt.Value{}
					for i, x := range c.Inputs {
						in[fmt.Sprintf("m_x%d", i)] = &trt.Value{Type: dtype.Float32, Dims: x.Dims, Floats: x.Values}
					}
					out, err := refexec.Run(context.Background(), net, in, refexec.Options{})
					require.NoError(t, err)
					requireClose(t, c.Outputs[0], out["y"], c.Tolerance)
				})
			}
		}
	}
}

// requireClose allows a part of the largest output.
func requireClose(t *testing.T, want array, got *trt.Value, tolerance float64) {
	t.Helper()
	require.Equal(t, want.Dims, got.Dims)
	largest := 0.0
	for _, v := range want.Values {
		largest = max(largest, math.Abs(float64(v)))
	}
	for i, v := range want.Values {
		require.InDelta(t, v, got.Floats[i], tolerance*largest, "element %d", i)
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
