package bind_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// tiny is the recipe of the tests: a grouped convolution with BatchNorm and a
// linear layer.
func tiny(entries []weightstest.Tensor) (*trt.Network, *bind.Report, error) {
	net := trt.NewNetwork("tiny", trt.Target{})
	b := bind.New(net, bind.NewView(weightstest.New("tiny.wts", entries)))
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 4, 8, 8})
	x = b.Convolution("stem.conv", x, bind.Convolution{Out: 6, Kernel: bind.Square(3), Stride: bind.Square(2), Padding: bind.Square(1), Groups: 2, Bias: true})
	x = b.ReLU("stem.relu", b.BatchNorm("stem.bn", x, 1e-3))
	x = net.AddReduce("pool", x, trt.Reduce{Operation: trt.ReduceMean, Axes: []int{2, 3}})
	net.MarkOutput(b.Linear("fc", x, 5), "y")
	report, err := b.Finish()
	return net, report, err
}

func entries() []weightstest.Tensor {
	return []weightstest.Tensor{
		{Name: "stem.conv.weight", Count: 6 * 2 * 9},
		{Name: "stem.conv.bias", Count: 6},
		{Name: "stem.bn.weight", Count: 6},
		{Name: "stem.bn.bias", Count: 6},
		{Name: "stem.bn.running_mean", Count: 6},
		{Name: "stem.bn.running_var", Count: 6},
		{Name: "stem.bn.num_batches_tracked", Count: 1},
		{Name: "fc.weight", Count: 30, Shape: []int64{5, 6}},
		{Name: "fc.bias", Count: 5},
	}
}

func TestLayersByPath(t *testing.T) {
	prefixed := entries()
	for i := range prefixed {
		prefixed[i].Name = "module.model." + prefixed[i].Name
	}
	net, report, err := tiny(prefixed)
	require.NoError(t, err)
	require.NoError(t, net.Validate())
	var names []string
	for _, l := range net.Layers() {
		names = append(names, l.Name)
	}
	require.Equal(t, []string{"stem/conv", "stem/bn", "stem/relu", "pool", "fc/weight", "fc/bias", "fc/matmul", "fc"}, names)
	require.Equal(t, trt.Dims{1, 5}, net.Outputs()[0].Dims)

	l, _ := net.Layer("stem/conv")
	conv := l.Op.(trt.Convolution)
	require.Equal(t, trt.Dims{6, 2, 3, 3}, conv.Weight.Dims)
	require.Equal(t, []trt.Origin{{File: "tiny.wts", Tensor: "module.model.stem.conv.weight", Part: "kernel"}}, conv.Weight.Origins)
	require.Equal(t, bind.Square(1), conv.PostPadding)

	require.Len(t, report.Used, 8)
	require.Equal(t, []bind.Skipped{{Tensor: "module.model.stem.bn.num_batches_tracked", Reason: "a counter that only training reads"}}, report.Skipped)
}

// Weights are read from the tensor they name, wherever the range begins.
func TestWeightsReadTheirTensor(t *testing.T) {
	all := entries()
	all[8].Values = []float32{1, 2, 3, 4, 5}
	net, _, err := tiny(all)
	require.NoError(t, err)
	l, _ := net.Layer("fc/bias")
	got := make([]float32, 3)
	require.NoError(t, l.Op.(trt.Constant).Value.Values().ReadFloat32(got, 2))
	require.Equal(t, []float32{3, 4, 5}, got)
}

// Everything that is wrong comes out at once, with the names that were probably
// meant, and the network is recorded nevertheless.
func TestFinishReportsEverything(t *testing.T) {
	all := entries()
	all[0].Count = 108 * 2
	all[1].Name = "stem.conv.biass"
	all[7].Shape = []int64{6, 5}
	all[8].Name = "fc.gain.bias"
	all = append(all, weightstest.Tensor{Name: "aux.weight", Count: 3})
	net, report, err := tiny(all)
	require.Nil(t, report)
	require.NoError(t, net.Validate())
	var e *bind.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, fault.BadInput, fault.Of(err))
	require.EqualError(t, err, strings.Join([]string{
		"tiny.wts does not fit network tiny:",
		"  missing stem.conv.bias, 6 elements [6]; nearest: stem.conv.biass",
		"  missing fc.bias, 5 elements [1,5]",
		"  stem.conv.weight: expected 108 elements [6,2,3,3] (6 outputs, 4 inputs, kernel [3,3], 2 groups), found 216",
		"  fc.weight: expected shape [5,6] (5 outputs of 6 inputs), found [6,5]",
		"  unused stem.conv.biass, 6 elements; nearest: stem.conv.bias",
		"  unused fc.gain.bias, 5 elements; nearest: fc.bias",
		"  unused aux.weight, 3 elements",
	}, "\n"))
}

func TestSkip(t *testing.T) {
	net := trt.NewNetwork("none", trt.Target{})
	b := bind.New(net, bind.NewView(weightstest.New("a.wts", []weightstest.Tensor{{Name: "head.weight", Count: 3}})))
	b.Skip("head.weight", "the other head is built")
	report, err := b.Finish()
	require.NoError(t, err)
	require.Equal(t, []bind.Skipped{{Tensor: "head.weight", Reason: "the other head is built"}}, report.Skipped)
}

// Helpers after a recording error do nothing and do not panic.
func TestHelpersAfterAnError(t *testing.T) {
	net := trt.NewNetwork("broken", trt.Target{})
	b := bind.New(net, bind.NewView(weightstest.New("tiny.wts", entries())))
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 4, 8, 8})
	x = b.Convolution("stem.conv", x, bind.Convolution{Out: 6, Kernel: bind.Square(9), Groups: 2, Bias: true})
	b.Linear("fc", b.ReLU("relu", b.BatchNorm("stem.bn", x, 1e-5)), 5)
	require.ErrorContains(t, net.Err(), "smaller than the window")
}

func TestChannelsThatAreNone(t *testing.T) {
	for _, d := range []trt.Dims{{4}, {1, trt.Dynamic, 8, 8}} {
		for _, add := range []func(b *bind.Binder, x *trt.Tensor){
			func(b *bind.Binder, x *trt.Tensor) {
				b.Convolution("a.b", x, bind.Convolution{Out: 2, Kernel: bind.Square(3)})
			},
			func(b *bind.Binder, x *trt.Tensor) {
				b.DeformConv("a.b", x, x, nil, bind.Convolution{Out: 2, Kernel: bind.Square(3)}, nil)
			},
			func(b *bind.Binder, x *trt.Tensor) { b.BatchNorm("a.b", x, 1e-5) },
		} {
			net := trt.NewNetwork("refused", trt.Target{})
			add(bind.New(net, bind.NewView(weightstest.New("a.wts", nil))), net.AddInput("x", dtype.Float32, d))
			require.ErrorContains(t, net.Err(), "layer a/b: input: must have a fixed number of channels: expected [N,C,…], found "+d.String())
		}
	}
}

func TestPrefix(t *testing.T) {
	for _, c := range []struct {
		want  string
		names []string
	}{
		{"", nil},
		{"", []string{"conv1.weight", "module.conv1.weight"}},
		{"module.", []string{"module.conv1.weight", "module.fc.bias"}},
		{"module._orig_mod.", []string{"module._orig_mod.conv1.weight", "module._orig_mod.fc.bias"}},
		{"state_dict.ema.", []string{"state_dict.ema.a", "state_dict.ema.b"}},
		{"model.", []string{"model.conv1.weight", "model.fc.bias"}},
		{"", []string{"model.0.conv.weight", "model.22.dfl.conv.weight"}},
		{"model.", []string{"model.model.0.conv.weight", "model.model.22.dfl.conv.weight"}},
		{"backbone.", []string{"backbone.conv1.weight", "backbone.fc.weight"}},
		{"", []string{"backbone.conv1.weight", "classifier.weight"}},
		{"", []string{"module.", "module.a"}},
	} {
		require.Equal(t, c.want, bind.Prefix(c.names), "%v", c.names)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"layer1.0.conv1.weight", "layer1.0.conv2.weight", "layer1.1.conv2.bias", "fc.weight"}
	require.Equal(t, []string{"layer1.0.conv1.weight", "layer1.0.conv2.weight"}, bind.Nearest("layer1.0.conv1.wieght", names))
	require.Equal(t, []string{"fc.weight"}, bind.Nearest("fc.weights", names))
	require.Empty(t, bind.Nearest("embeddings.position", names))
	require.Empty(t, bind.Nearest("x", nil))
}

func BenchmarkNearest(b *testing.B) {
	var names, others []string
	for i := range 900 {
		names = append(names, fmt.Sprintf("layer%d.%d.conv1.weight", i%4, i))
		others = append(others, fmt.Sprintf("stages.%d.blocks.%d.conv1.weight", i%4, i))
	}
	for b.Loop() {
		for _, n := range names {
			bind.Nearest(n, others)
		}
	}
}

func TestSiLU(t *testing.T) {
	net := trt.NewNetwork("silu", trt.Target{})
	x := net.AddInput("x", dtype.Float32, trt.Dims{1, 2})
	net.MarkOutput(bind.New(net, bind.NewView(weightstest.New("a.wts", nil))).SiLU("model.0.act", x), "y")
	require.NoError(t, net.Validate())
	out, err := refexec.Run(t.Context(), net, map[string]*trt.Value{"x": {Type: dtype.Float32, Dims: trt.Dims{1, 2}, Floats: []float32{0, 2}}}, refexec.Options{})
	require.NoError(t, err)
	require.InDeltaSlice(t, []float32{0, 1.7615942}, out["y"].Floats, 1e-6) // torch.nn.functional.silu
	_, ok := net.Layer("model/0/act/sigmoid")
	require.True(t, ok)
}
