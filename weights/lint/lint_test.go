package lint_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/lint"
)

// network is a convolution of 8 channels, its BatchNorm and a linear layer,
// without a fault. Each call returns values of its own.
func network() []weightstest.Tensor {
	r := rand.New(rand.NewPCG(5, 5))
	random := func(name string, mean, std float64, shape ...int64) weightstest.Tensor {
		n := int64(1)
		for _, d := range shape {
			n *= d
		}
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(mean + std*r.NormFloat64())
		}
		return weightstest.Tensor{Name: name, Count: n, Shape: shape, Values: v}
	}
	return []weightstest.Tensor{
		random("conv.weight", 0, 0.05, 8, 4, 3, 3),
		random("bn.weight", 1, 0.05, 8),
		random("bn.bias", 0, 0.1, 8),
		random("bn.running_mean", 0, 0.1, 8),
		random("bn.running_var", 1, 0.05, 8),
		{Name: "bn.num_batches_tracked", Count: 1, Shape: []int64{}, Values: []float32{9}},
		random("fc.weight", 0, 0.05, 10, 8),
		random("fc.bias", 0, 0.05, 10),
	}
}

func named(all []weightstest.Tensor, name string) *weightstest.Tensor {
	return &all[slices.IndexFunc(all, func(t weightstest.Tensor) bool { return t.Name == name })]
}

// without returns a fault: tensors that are missing.
func without(names ...string) func(all []weightstest.Tensor) []weightstest.Tensor {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		return slices.DeleteFunc(all, func(t weightstest.Tensor) bool { return slices.Contains(names, t.Name) })
	}
}

func check(t *testing.T, all []weightstest.Tensor) []lint.Finding {
	m := weightstest.New("x.pth", all)
	for i, name := range m.Names() {
		tensor, _ := m.Tensor(name)
		tensor.Offset = int64(64 * i)
	}
	found, err := lint.Check(context.Background(), m)
	require.NoError(t, err)
	return found
}

func TestNoFaults(t *testing.T) {
	require.Equal(t, []lint.Finding{}, check(t, network()))
}

// TestPlantedFaults plants one fault in a network that has none and wants that
// found, and nothing else.
func TestPlantedFaults(t *testing.T) {
	type facts struct {
		tensor, other  string
		channel, index int64 // -1: none
		value          float64
		count, of      int64
	}
	const none = -1
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	fill := func(v []float32, x float32) {
		for i := range v {
			v[i] = x
		}
	}
	scale := func(v []float32, x float32) {
		for i := range v {
			v[i] *= x
		}
	}
	for _, c := range []struct {
		name  string
		code  lint.Code
		plant func(all []weightstest.Tensor) []weightstest.Tensor
		want  facts
	}{
		{"nan", lint.NaN, func(all []weightstest.Tensor) []weightstest.Tensor {
			named(all, "conv.weight").Values[100], named(all, "conv.weight").Values[200] = nan, nan
			return all
		}, facts{"conv.weight", "", none, 100, 0, 2, 288}},
		{"infinity", lint.Infinity, func(all []weightstest.Tensor) []weightstest.Tensor {
			named(all, "fc.bias").Values[3] = -inf
			return all
		}, facts{"fc.bias", "", none, 3, 0, 1, 10}},
		{"negative variance", lint.NegativeVariance, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "bn.running_var").Values
			v[2], v[5] = -0.5, -2
			return all
		}, facts{"bn.running_var", "", 5, 5, -2, 2, 8}},
		{"tiny variance", lint.TinyVariance, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "bn.running_var").Values
			v[1], v[4], v[6] = 9e-9, 0x1p-60, 1.1e-8
			return all
		}, facts{"bn.running_var", "", 4, 4, 0x1p-60, 2, 8}},
		{"no running_var", lint.IncompleteNorm, without("bn.running_var"), facts{"bn.running_mean", "", none, none, 0, 0, 0}},
		{"no running_mean", lint.IncompleteNorm, without("bn.running_mean"), facts{"bn.running_var", "", none, none, 0, 0, 0}},
		{"no bias", lint.IncompleteNorm, without("bn.bias"), facts{"bn.weight", "", none, none, 0, 0, 0}},
		{"no scale", lint.IncompleteNorm, without("bn.weight"), facts{"bn.bias", "", none, none, 0, 0, 0}},
		{"no statistics", lint.IncompleteNorm, without("bn.running_mean", "bn.running_var", "bn.num_batches_tracked"), facts{"bn.weight", "", none, none, 0, 0, 0}},
		{"all weights zero, shape unknown", lint.DeadChannels, func(all []weightstest.Tensor) []weightstest.Tensor {
			w := named(all, "fc.weight")
			w.Shape = nil
			fill(w.Values, 0)
			return all
		}, facts{"fc.weight", "", none, none, 0, 80, 80}},
		{"short scale", lint.IncompleteNorm, func(all []weightstest.Tensor) []weightstest.Tensor {
			w := named(all, "bn.weight")
			w.Values, w.Count, w.Shape = w.Values[:7], 7, []int64{7}
			return all
		}, facts{"bn.weight", "", none, none, 0, 7, 8}},
		{"dead channels", lint.DeadChannels, func(all []weightstest.Tensor) []weightstest.Tensor {
			fill(named(all, "conv.weight").Values[3*36:5*36], 0)
			return all
		}, facts{"conv.weight", "", 3, none, 0, 2, 8}},
		{"dead scale", lint.DeadChannels, func(all []weightstest.Tensor) []weightstest.Tensor {
			named(all, "bn.weight").Values[7] = 0
			return all
		}, facts{"bn.weight", "", 7, none, 0, 1, 8}},
		{"constant channel", lint.ConstantChannels, func(all []weightstest.Tensor) []weightstest.Tensor {
			fill(named(all, "fc.weight").Values[9*8:], 0.1)
			return all
		}, facts{"fc.weight", "", 9, none, float64(float32(0.1)), 1, 10}},
		{"default statistics", lint.DefaultStatistics, func(all []weightstest.Tensor) []weightstest.Tensor {
			fill(named(all, "bn.running_mean").Values, 0)
			fill(named(all, "bn.running_var").Values, 1)
			return all
		}, facts{"bn.running_var", "", none, none, 0, 1, 1}},
		{"no batches", lint.NoBatches, func(all []weightstest.Tensor) []weightstest.Tensor {
			named(all, "bn.num_batches_tracked").Values[0] = 0
			return all
		}, facts{"bn.num_batches_tracked", "", none, none, 0, 1, 1}},
		{"same values", lint.SameValues, func(all []weightstest.Tensor) []weightstest.Tensor {
			tied := *named(all, "fc.weight")
			tied.Name = "head.weight"
			return append(all, tied)
		}, facts{"head.weight", "fc.weight", none, none, 0, 0, 0}},
		{"overflow", lint.FP16Overflow, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "conv.weight").Values
			v[36], v[40], v[80] = 65519, 65520, -70000
			return all
		}, facts{"conv.weight", "", 2, none, 70000, 2, 288}},
		{"channel flushes", lint.FP16Flush, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "conv.weight").Values[6*36 : 7*36]
			fill(v, 1e-10)
			v[0], v[7] = -0x1p-25, 0 // the largest that goes to zero
			return all
		}, facts{"conv.weight", "", 6, none, 0x1p-25, 1, 8}},
		{"tensor flushes", lint.FP16Flush, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "fc.bias").Values
			fill(v, -1e-9)
			v[0] = 0
			return all
		}, facts{"fc.bias", "", none, none, float64(float32(1e-9)), 9, 10}},
		{"subnormal", lint.FP16Subnormal, func(all []weightstest.Tensor) []weightstest.Tensor {
			v := named(all, "fc.bias").Values
			for i := range v {
				v[i] = float32(i) * 1e-5 // from 7 on they are normal
			}
			return all
		}, facts{"fc.bias", "", none, none, 0, 6, 9}},
		{"float16 as float32", lint.Float16AsFloat32, func(all []weightstest.Tensor) []weightstest.Tensor {
			for _, t := range all {
				for i, x := range t.Values {
					t.Values[i] = float32(math.Round(float64(x)*1024)) / 1024
				}
			}
			return all
		}, facts{"", "", none, none, 0, 5, 5}},
		{"bfloat16 as float32", lint.BFloat16AsFloat32, func(all []weightstest.Tensor) []weightstest.Tensor {
			for _, t := range all {
				for i, x := range t.Values {
					t.Values[i] = math.Float32frombits(math.Float32bits(x) &^ 0xffff)
				}
			}
			return all
		}, facts{"", "", none, none, 0, 5, 5}},
		{"empty", lint.EmptyTensor, func(all []weightstest.Tensor) []weightstest.Tensor {
			return append(all, weightstest.Tensor{Name: "none", Shape: []int64{0, 3}})
		}, facts{"none", "", none, none, 0, 0, 0}},
		{"nothing of scale", "", func(all []weightstest.Tensor) []weightstest.Tensor {
			scale(named(all, "conv.weight").Values, 0x1p-8) // a sigma of 2e-4
			return all
		}, facts{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := check(t, c.plant(network()))
			if c.code == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1, "%+v", found)
			f := found[0]
			got := facts{f.Tensor, f.Other, none, none, 0, f.Count, f.Of}
			if f.Channel != nil {
				got.channel = *f.Channel
			}
			if f.Index != nil {
				got.index = *f.Index
			}
			if f.Value != nil {
				got.value = *f.Value
			}
			require.Equal(t, c.code, f.Code)
			require.Equal(t, c.want, got)
			require.NotEmpty(t, f.Message)
			require.NotEmpty(t, f.Next)
		})
	}
}

// Channels of a transposed convolution lie along the second axis.
func TestTransposed(t *testing.T) {
	all := network()
	up := weightstest.Tensor{Name: "up.weight", Count: 8 * 4 * 2 * 2, Shape: []int64{8, 4, 2, 2}, Values: make([]float32, 128)}
	for i := range up.Values {
		if i/4%4 != 2 {
			up.Values[i] = 0.1 + float32(i)/1000
		}
	}
	bias := weightstest.Tensor{Name: "up.bias", Count: 4, Shape: []int64{4}, Values: []float32{0.1, 0.2, 0.3, 0.4}}
	found := check(t, append(all, up, bias))
	require.Len(t, found, 1)
	require.Equal(t, lint.DeadChannels, found[0].Code)
	require.Equal(t, int64(2), *found[0].Channel)
	require.Equal(t, int64(4), found[0].Of)
}

// A kernel that an exporter gave a name of its own has channels as well.
func TestNamelessKernel(t *testing.T) {
	all := network()
	w := named(all, "conv.weight")
	w.Name = "onnx::Conv_193"
	clear(w.Values[36:72])
	found := check(t, all)
	require.Len(t, found, 1)
	require.Equal(t, lint.DeadChannels, found[0].Code)
	require.Equal(t, int64(1), *found[0].Channel)
}

// Caffe's statistics are sums over a factor.
func TestCaffeStatistics(t *testing.T) {
	caffe := func(variance ...float32) []weightstest.Tensor {
		return append(network(),
			weightstest.Tensor{Name: "c.mean", Count: 2, Shape: []int64{2}, Values: []float32{1, 2}},
			weightstest.Tensor{Name: "c.variance", Count: 2, Shape: []int64{2}, Values: variance},
			weightstest.Tensor{Name: "c.scale_factor", Count: 1, Shape: []int64{1}, Values: []float32{1000}})
	}
	require.Empty(t, check(t, caffe(1.1e-5, 1)))
	for code, bad := range map[lint.Code]float32{lint.TinyVariance: 0.9e-5, lint.NegativeVariance: -1} {
		found := check(t, caffe(1, bad))
		require.Len(t, found, 1)
		require.Equal(t, code, found[0].Code)
		require.Equal(t, "c.variance", found[0].Tensor)
		require.Equal(t, int64(1), *found[0].Channel)
	}
	found := check(t, slices.DeleteFunc(caffe(1, 1), func(t weightstest.Tensor) bool { return t.Name == "c.mean" }))
	require.Len(t, found, 1)
	require.Equal(t, lint.IncompleteNorm, found[0].Code)
}

func TestSharedStorage(t *testing.T) {
	all := network()
	tied := *named(all, "fc.weight")
	tied.Name = "head.weight"
	m := weightstest.New("x.pth", append(all, tied))
	for i, name := range m.Names() {
		tensor, _ := m.Tensor(name)
		tensor.Offset = int64(64 * min(i, 6)) // fc.bias of other values is there too
	}
	head, _ := m.Tensor("head.weight")
	fc, _ := m.Tensor("fc.weight")
	require.Equal(t, fc.Offset, head.Offset)
	found, err := lint.Check(context.Background(), m)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, lint.SharedStorage, found[0].Code)
	require.Equal(t, "fc.weight", found[0].Other)
}

func TestComplexIsSaid(t *testing.T) {
	m := weightstest.New("x.pth", []weightstest.Tensor{{Name: "z", Count: 2, Shape: []int64{2}}})
	z, _ := m.Tensor("z")
	z.Type = dtype.Complex64
	found, err := lint.Check(context.Background(), m)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, lint.NotMeasured, found[0].Code)
}

// Errors come before warnings, and those in file order.
func TestOrder(t *testing.T) {
	all := network()
	named(all, "bn.weight").Values[0] = 0
	named(all, "conv.weight").Values[0] = 1e5
	named(all, "fc.bias").Values[0] = float32(math.NaN())
	var got []lint.Code
	for _, f := range check(t, all) {
		got = append(got, f.Code)
	}
	require.Equal(t, []lint.Code{lint.NaN, lint.FP16Overflow, lint.DeadChannels}, got)
}

type broken struct{ error }

func (b broken) ReadFloat32(*weights.Tensor, []float32, int64) error { return b.error }

func TestErrors(t *testing.T) {
	m := weightstest.New("x.pth", network())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := lint.Check(ctx, m)
	require.ErrorIs(t, err, context.Canceled)
	torn := errors.New("torn")
	fc, _ := m.Tensor("fc.weight")
	fc.Source = broken{torn}
	_, err = lint.Check(context.Background(), m)
	require.ErrorIs(t, err, torn)
}

// So many rows are taken together.
func TestManyChannels(t *testing.T) {
	const n = 1<<18 + 1
	found := check(t, append(network(), weightstest.Tensor{Name: "long.weight", Count: n, Shape: []int64{n, 1}}))
	require.Len(t, found, 1)
	require.Equal(t, lint.DeadChannels, found[0].Code)
	require.Equal(t, int64(n), found[0].Of)
	require.Nil(t, found[0].Channel)
}

// noise yields values that look random, without storing them.
type noise struct{}

func (noise) ReadFloat32(_ *weights.Tensor, dst []float32, from int64) error {
	for i := range dst {
		dst[i] = float32(uint32(from+int64(i))*2654435761) / (1 << 33)
	}
	return nil
}

// A file of 128 MiB is judged in a few chunks' memory.
func TestMemory(t *testing.T) {
	const n = 16 << 20
	m := weightstest.New("x.pth", []weightstest.Tensor{
		{Name: "a.weight", Count: n, Shape: []int64{64, n / 64}}, {Name: "b.weight", Count: n, Shape: []int64{64, n / 64}},
	})
	for _, name := range m.Names() {
		tensor, _ := m.Tensor(name)
		tensor.Source = noise{}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found, err := lint.Check(context.Background(), m)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, lint.SharedStorage, found[0].Code)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20+runtime.GOMAXPROCS(0)<<20))
}
