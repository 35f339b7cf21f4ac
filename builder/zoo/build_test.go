package zoo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/bind"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
)

func detect(t testing.TB, m weights.Map) *zoo.Match {
	match, err := zoo.Detect(m)
	require.NoError(t, err)
	return match
}

// Every recognised class is recorded with all its tensors, each once.
func TestBuildEveryClass(t *testing.T) {
	for name, tab := range tables(t) {
		if tab.Variant == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			m := tab.edit(rename("", "module."))
			match := detect(t, m)
			built, err := match.Build(m, trt.Target{}, zoo.Options{})
			require.NoError(t, err)
			require.Equal(t, *tab.Variant, built.Network.Name())
			require.Equal(t, len(tab.Tensors), len(built.Weights.Used)+len(built.Weights.Skipped))
			require.Empty(t, built.Profiles)
			require.Equal(t, trt.Dims{1, tab.Classes}, built.Network.Outputs()[0].Dims)

			origins := map[string]int{}
			for _, l := range built.Network.Layers() {
				for _, o := range l.Op.Weights() {
					if o.Weights != nil {
						require.Len(t, o.Weights.Origins, 1)
						origins[o.Weights.Origins[0].Tensor]++
					}
				}
			}
			require.Len(t, origins, len(built.Weights.Used))
			for tensor, n := range origins {
				require.Equal(t, 1, n, tensor)
			}
		})
	}
}

func TestResNetShapes(t *testing.T) {
	m := readTable(t, "resnet50.json").edit(unchanged)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{Height: 200, Width: 300, Batch: zoo.Batch{Min: 2, Opt: 2, Max: 2}})
	require.NoError(t, err)
	// torchvision's feature maps for a 200x300 image
	for tensor, want := range map[string]trt.Dims{
		"input": {2, 3, 200, 300}, "conv1": {2, 64, 100, 150}, "maxpool": {2, 64, 50, 75},
		"layer1/2/relu": {2, 256, 50, 75}, "layer2/3/relu": {2, 512, 25, 38},
		"layer3/5/relu": {2, 1024, 13, 19}, "layer4/2/relu": {2, 2048, 7, 10},
		"avgpool": {2, 2048}, "output": {2, 1000},
	} {
		x, ok := built.Network.Tensor(tensor)
		require.True(t, ok, tensor)
		require.Equal(t, want, x.Dims, tensor)
	}
	conv := layer[trt.Convolution](t, built.Network, "layer2/0/conv2")
	require.Equal(t, bind.Square(2), conv.Stride)
	require.Equal(t, []trt.Origin{{File: "a.wts", Tensor: "layer2.0.conv2.weight", Part: "kernel"}}, conv.Weight.Origins)
	require.Equal(t, 1e-5, layer[trt.BatchNorm](t, built.Network, "bn1").Eps)
}

func layer[Op trt.Op](t *testing.T, n *trt.Network, name string) Op {
	l, ok := n.Layer(name)
	require.True(t, ok, name)
	op, ok := l.Op.(Op)
	require.True(t, ok, name)
	return op
}

func TestBuildOptions(t *testing.T) {
	m := readTable(t, "resnet50.json").edit(unchanged)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{StrideOnConv1: true, Eps: 1e-3, Output: "native"})
	require.NoError(t, err)
	require.Equal(t, bind.Square(2), layer[trt.Convolution](t, built.Network, "layer2/0/conv1").Stride)
	require.Equal(t, bind.Square(1), layer[trt.Convolution](t, built.Network, "layer2/0/conv2").Stride)
	require.Equal(t, 1e-3, layer[trt.BatchNorm](t, built.Network, "layer4/2/bn3").Eps)
	require.Equal(t, trt.Dims{1, 1000}, built.Network.Outputs()[0].Dims)

	m = readTable(t, "lenet5.json").edit(unchanged)
	built, err = detect(t, m).Build(m, trt.Target{}, zoo.Options{AveragePool: true, Height: 28, Width: 28})
	require.NoError(t, err)
	require.Equal(t, trt.AveragePool, layer[trt.Pooling](t, built.Network, "pool2").Type)
	require.Equal(t, bind.Square(2), layer[trt.Convolution](t, built.Network, "conv1").PrePadding)
	require.Equal(t, "prob", built.Network.Outputs()[0].Name)
	require.Equal(t, "data", built.Network.Inputs()[0].Name)
}

func TestDynamicBatch(t *testing.T) {
	for _, file := range []string{"resnet18.json", "lenet5.json"} {
		m := readTable(t, file).edit(unchanged)
		built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{Batch: zoo.Batch{Min: 1, Opt: 8, Max: 16}})
		require.NoError(t, err)
		x := built.Network.Inputs()[0]
		require.Equal(t, int64(trt.Dynamic), x.Dims[0])
		require.Equal(t, int64(trt.Dynamic), built.Network.Outputs()[0].Dims[0])
		require.NoError(t, built.Network.CheckProfiles(built.Profiles))
		require.Equal(t, int64(8), built.Profiles[0][x.Name].Opt[0])
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, c := range []struct {
		file, text string
		kind       fault.Kind
		o          zoo.Options
	}{
		{"resnet50.json", "for detectors", fault.Unsupported, zoo.Options{Output: "boxes"}},
		{"resnet50.json", `output "x"`, fault.Usage, zoo.Options{Output: "x"}},
		{"resnet50.json", "min <= opt <= max", fault.Usage, zoo.Options{Batch: zoo.Batch{Min: 2, Opt: 1, Max: 4}}},
		{"resnet50.json", "must both be positive", fault.Usage, zoo.Options{Height: 5}},
		{"resnet50.json", "eps -1", fault.Usage, zoo.Options{Eps: -1}},
		{"resnet50.json", "choice for LeNet-5", fault.Usage, zoo.Options{AveragePool: true}},
		{"resnet18.json", "always on conv1", fault.Usage, zoo.Options{StrideOnConv1: true}},
		{"lenet5.json", "choice for ResNets", fault.Usage, zoo.Options{StrideOnConv1: true}},
		{"lenet5.json", "no BatchNorm", fault.Usage, zoo.Options{Eps: 1e-3}},
		{"lenet5.json", "32x32 or 28x28", fault.Usage, zoo.Options{Height: 64, Width: 64}},
	} {
		m := readTable(t, c.file).edit(unchanged)
		_, err := detect(t, m).Build(m, trt.Target{}, c.o)
		require.ErrorContains(t, err, c.text)
		require.Equal(t, c.kind, fault.Of(err), c.text)
	}
}

// A match built with another file's weights is refused with all that is wrong.
func TestBuildFromAnotherFile(t *testing.T) {
	match := detect(t, readTable(t, "resnet18.json").edit(unchanged))
	other := readTable(t, "resnet18.json").edit(func(e []weightstest.Tensor) []weightstest.Tensor {
		return recount("fc.bias", 999)(rename("layer1.0.conv1.", "layer1.0.conv01.")(e))
	})
	_, err := match.Build(other, trt.Target{}, zoo.Options{})
	var unfit *bind.Error
	require.ErrorAs(t, err, &unfit)
	require.Equal(t, []bind.Missing{{Tensor: "layer1.0.conv1.weight", Want: trt.Dims{64, 64, 3, 3}, Nearest: []string{"layer1.0.conv01.weight"}}}, unfit.Missing)
	require.Equal(t, "fc.bias", unfit.Misfits[0].Tensor)
	require.Equal(t, "layer1.0.conv01.weight", unfit.Unused[0].Tensor)
}

// The declared input holds black, white and the mean colour.
func TestInputMoments(t *testing.T) {
	m := readTable(t, "resnet18.json").edit(unchanged)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{})
	require.NoError(t, err)
	in := built.Input
	require.InDelta(t, -.485/.229, in.Lo, 1e-12)
	require.InDelta(t, (1-.406)/.225, in.Hi, 1e-12)
	require.Equal(t, []float64{0, 0, 0}, in.Mean)
	require.Equal(t, []float64{1, 1, 1}, in.Std)
}

func BenchmarkDetectAndBuild(b *testing.B) {
	for _, name := range []string{"resnet152", "yolov8x", "yolov5x6"} {
		b.Run(name, func(b *testing.B) {
			specs, err := zoo.Spec(name, 0)
			require.NoError(b, err)
			var all []weightstest.Tensor
			for _, s := range specs {
				all = append(all, weightstest.Tensor{Name: s.Name, Count: s.Count()})
			}
			m := weightstest.New("a.wts", all)
			for b.Loop() {
				built, err := detect(b, m).Build(m, trt.Target{}, zoo.Options{})
				require.NoError(b, err)
				b.ReportMetric(float64(len(built.Network.Layers())), "layers")
			}
		})
	}
}
