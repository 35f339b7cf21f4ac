package transform_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/transform"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// foldCase is a case of testdata/fold/batchnorm.json: PyTorch's answer in
// float64, written by testdata/gen/fold.py.
type foldCase struct {
	Name   string  `json:"name"`
	Eps    float64 `json:"eps"`
	Groups int64   `json:"groups"`
	Input  array   `json:"input"`
	Weight *array  `json:"weight"`
	Bias   *array  `json:"bias"`
	Gamma  array   `json:"gamma"`
	Beta   array   `json:"beta"`
	Mean   array   `json:"mean"`
	Var    array   `json:"var"`
	Output array   `json:"output"`
}

type array struct {
	Dims   trt.Dims  `json:"dims"`
	Values []float64 `json:"values"`
}

func (a *array) floats() trt.Float32s {
	v := make(trt.Float32s, len(a.Values))
	for i, x := range a.Values {
		v[i] = float32(x)
	}
	return v
}

func (a *array) weights(tensor string) *trt.Weights {
	if a == nil {
		return nil
	}
	return trt.NewWeights(a.Dims, a.floats(), trt.Origin{File: "f.wts", Tensor: tensor, Part: tensor})
}

func (c *foldCase) network() *trt.Network {
	n := trt.NewNetwork("fold", trt.Target{})
	x := n.AddInput("x", dtype.Float32, c.Input.Dims)
	if c.Weight != nil {
		op := trt.Convolution{
			OutChannels: c.Gamma.Dims[0], Kernel: c.Weight.Dims[2:], Groups: c.Groups,
			Weight: c.Weight.weights("conv.weight"), Bias: c.Bias.weights("conv.bias"),
		}
		if c.Weight.Dims[1]*c.Groups == c.Input.Dims[1] && c.Weight.Dims[0] == op.OutChannels {
			x = n.AddConvolution("conv", x, op)
		} else {
			x = n.AddDeconvolution("conv", x, trt.Deconvolution(op))
		}
	}
	y := n.AddBatchNorm("bn", x, trt.BatchNorm{
		Eps: c.Eps, Gamma: c.Gamma.weights("bn.weight"), Beta: c.Beta.weights("bn.bias"),
		Mean: c.Mean.weights("bn.running_mean"), Var: c.Var.weights("bn.running_var"),
	})
	n.MarkOutput(y, "y")
	return n
}

func TestFoldedNetworksAnswerLikePyTorch(t *testing.T) {
	raw, err := os.ReadFile("../../testdata/fold/batchnorm.json")
	require.NoError(t, err)
	var file struct {
		Cases []foldCase `json:"cases"`
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.Len(t, file.Cases, 5)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			n, err := transform.FoldBatchNorm(c.network())
			require.NoError(t, err)
			require.Len(t, n.Layers(), 1)
			in := map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: c.Input.Dims, Floats: c.Input.floats()}}
			out, err := refexec.Run(context.Background(), n, in, refexec.Options{Float64: true})
			require.NoError(t, err)
			require.Equal(t, c.Output.Dims, out["y"].Dims)
			for i, want := range c.Output.Values {
				// A variance of 1e-12 makes scales of 300; weights and sums are rounded to float32.
				require.InDelta(t, want, out["y"].Floats[i], 2e-6*(1+math.Abs(want)), "element %d", i)
			}
			m := n.Outputs()[0].Moments
			for i := range c.Gamma.Values {
				v := c.Var.Values[i]
				require.Equal(t, float64(float32(c.Beta.Values[i])), m.Mean[i])
				require.InEpsilon(t, 1+math.Abs(c.Gamma.Values[i])*math.Sqrt(v/(v+c.Eps)), 1+m.Std[i], 1e-6)
			}
		})
	}
}

func vec(v ...float32) *trt.Weights {
	return trt.NewWeights(trt.Dims{int64(len(v))}, trt.Float32s(v), trt.Origin{File: "f.wts", Tensor: "t", Part: "part"})
}

// lazy refuses to be read.
type lazy struct{}

func (lazy) ReadFloat32([]float32, int64) error { return errors.New("read") }

func TestFoldingReadsNoKernel(t *testing.T) {
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 4, 4})
	w := trt.NewWeights(trt.Dims{2, 3, 1, 1}, lazy{}, trt.Origin{File: "f.wts", Tensor: "conv.weight", Part: "kernel"})
	y := n.AddConvolution("stem/conv", x, trt.Convolution{OutChannels: 2, Kernel: trt.Dims{1, 1}, Weight: w})
	y = n.AddBatchNorm("stem/bn", y, trt.BatchNorm{Eps: 1e-5, Gamma: vec(1, 2), Mean: vec(0, 0), Var: vec(1, 1)})
	n.MarkOutput(n.AddActivation("stem/relu", y, trt.Activation{Type: trt.ReLU}), "y")
	n, err := transform.FoldBatchNorm(n)
	require.NoError(t, err)
	conv, ok := n.Layer("stem/conv")
	require.True(t, ok)
	require.Len(t, n.Layers(), 2)
	op := conv.Op.(trt.Convolution)
	require.EqualError(t, op.Weight.Values().ReadFloat32(make([]float32, 6), 0), "read")
	require.Equal(t, []trt.Origin{
		{File: "f.wts", Tensor: "conv.weight", Part: "kernel"},
		{File: "f.wts", Tensor: "t", Part: "folded gamma"},
		{File: "f.wts", Tensor: "t", Part: "folded variance"},
	}, op.Weight.Origins)
	require.Len(t, op.Bias.Origins, 3)
	require.NotNil(t, conv.Outputs[0].Moments)
}

func TestOnlyPrivateConvolutionsAreFoldedInto(t *testing.T) {
	record := func(mark bool) *trt.Network {
		n := trt.NewNetwork("n", trt.Target{})
		x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
		conv := n.AddConvolution("conv", x, trt.Convolution{
			OutChannels: 2, Kernel: trt.Dims{1, 1},
			Weight: trt.NewWeights(trt.Dims{2, 2, 1, 1}, trt.Float32s{1, 2, 3, 4}),
		})
		bn := n.AddBatchNorm("bn", conv, trt.BatchNorm{Eps: 1e-5, Mean: vec(1, 2), Var: vec(1, 4)})
		n.MarkOutput(bn, "y")
		if mark {
			n.MarkOutput(conv, "raw")
		} else {
			n.MarkOutput(n.AddActivation("relu", conv, trt.Activation{Type: trt.ReLU}), "raw")
		}
		return n
	}
	for _, mark := range []bool{false, true} {
		n, err := transform.FoldBatchNorm(record(mark))
		require.NoError(t, err)
		bn, ok := n.Layer("bn")
		require.True(t, ok)
		require.Equal(t, trt.KindScale, bn.Op.Kind())
		require.Equal(t, []float64{1 / math.Sqrt(1+1e-5), math.Sqrt(4 / (4 + 1e-5))}, []float64{bn.Outputs[0].Moments.Std[0], bn.Outputs[0].Moments.Std[1]})
	}
}

func TestImpossibleStatisticsAreBadInput(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, c := range []struct {
		name string
		bn   trt.BatchNorm
		want string
	}{
		{"negative variance", trt.BatchNorm{Eps: 1e-5, Var: vec(1, -1e-9), Mean: vec(0, 0)}, `f.wts: tensor "t": channel 1: a variance cannot be negative: found -1e-09`},
		{"NaN variance", trt.BatchNorm{Eps: 1e-5, Var: vec(nan, 1), Mean: vec(0, 0)}, `f.wts: tensor "t": channel 0: var must be finite: found NaN`},
		{"infinite variance", trt.BatchNorm{Eps: 1e-5, Var: vec(1, inf), Mean: vec(0, 0)}, `f.wts: tensor "t": channel 1: var must be finite: found +Inf`},
		{"nothing to divide by", trt.BatchNorm{Var: vec(1, 0), Mean: vec(0, 0)}, `channel 1: variance and eps are both zero`},
		{"NaN mean", trt.BatchNorm{Eps: 1e-5, Var: vec(1, 1), Mean: vec(0, nan)}, `channel 1: mean must be finite`},
		{"infinite gamma", trt.BatchNorm{Eps: 1e-5, Gamma: vec(inf, 1), Var: vec(1, 1), Mean: vec(0, 0)}, `channel 0: gamma must be finite`},
		{"NaN beta", trt.BatchNorm{Eps: 1e-5, Beta: vec(0, nan), Var: vec(1, 1), Mean: vec(0, 0)}, `channel 1: beta must be finite`},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := trt.NewNetwork("n", trt.Target{})
			x := n.AddInput("x", dtype.Float32, trt.Dims{1, 2, 4, 4})
			n.MarkOutput(n.AddBatchNorm("bn", x, c.bn), "y")
			require.NoError(t, n.Err())
			_, err := transform.FoldBatchNorm(n)
			require.ErrorContains(t, err, c.want)
			require.Equal(t, fault.BadInput, fault.Of(err))
			var e *transform.StatisticsError
			require.ErrorAs(t, err, &e)
			require.Equal(t, "bn", e.Layer)
		})
	}
}

func TestReadsStartAnywhere(t *testing.T) {
	base := make(trt.Float32s, 2*3*2*2)
	for i := range base {
		base[i] = float32(i + 1)
	}
	n := trt.NewNetwork("n", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3, 4, 4})
	y := n.AddConvolution("conv", x, trt.Convolution{OutChannels: 2, Kernel: trt.Dims{2, 2}, Weight: trt.NewWeights(trt.Dims{2, 3, 2, 2}, base)})
	n.MarkOutput(n.AddBatchNorm("bn", y, trt.BatchNorm{Gamma: vec(2, -1), Mean: vec(0, 0), Var: vec(1, 4)}), "y")
	n, err := transform.FoldBatchNorm(n)
	require.NoError(t, err)
	folded := n.Layers()[0].Op.Weights()[0].Weights.Values()
	for from := range base {
		for to := from; to <= len(base); to++ {
			got := make([]float32, to-from)
			require.NoError(t, folded.ReadFloat32(got, int64(from)))
			for i, v := range got {
				factor := float32(2)
				if from+i >= 12 {
					factor = -0.5
				}
				require.Equal(t, base[from+i]*factor, v)
			}
		}
	}
}
