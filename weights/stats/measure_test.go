package stats_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/stats"
)

// pattern are the values of testdata/gen/tensors.py.
func pattern(n, low, width uint64) []float32 {
	x := make([]float32, n)
	for i := range x {
		k := uint64(i)
		exponent := low + (k*40503>>3)%width
		x[i] = math.Float32frombits(uint32(k*2654435761+12345)&0x807fffff | uint32(exponent)<<23)
	}
	return x
}

func measureOne(t *testing.T, values []float32, shape ...int64) stats.Tensor {
	t.Helper()
	m := weightstest.New("x", []weightstest.Tensor{{Name: "w", Shape: shape, Values: values}})
	all, err := stats.Measure(context.Background(), m, stats.Options{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

// TestMeasureAgainstNumPy holds every figure of tensors and channels against
// NumPy's.
func TestMeasureAgainstNumPy(t *testing.T) {
	raw, err := os.ReadFile("testdata/numpy.json")
	require.NoError(t, err)
	var file struct {
		Tensors []struct {
			N, Low, Width uint64
			Tensor        stats.Summary
			Channels      []stats.Summary
		}
	}
	require.NoError(t, json.Unmarshal(raw, &file))
	require.Len(t, file.Tensors, 11)
	for _, c := range file.Tensors {
		channels := int64(len(c.Channels))
		got := measureOne(t, pattern(c.N, c.Low, c.Width), channels, int64(c.N)/channels)
		requireSummary(t, c.Tensor, got.Summary)
		require.Len(t, got.Channels, len(c.Channels))
		for i, want := range c.Channels {
			require.Equal(t, i, got.Channels[i].Index)
			requireSummary(t, want, got.Channels[i].Summary)
		}
		if channels == 1 {
			require.Nil(t, got.FP16.WorstChannel)
			continue
		}
		lowest := slices.MinFunc(c.Channels, func(a, b stats.Summary) int {
			return int(math.Copysign(1, float64(a.FP16.SQNRFlush-b.FP16.SQNRFlush)))
		})
		require.InDelta(t, float64(lowest.FP16.SQNRFlush), float64(got.FP16.WorstChannel.SQNRFlush), 1e-9)
	}
}

func requireSummary(t *testing.T, want, got stats.Summary) {
	t.Helper()
	near := func(want, got, scale float64) {
		t.Helper()
		if !math.IsInf(want, 0) {
			require.InDelta(t, want, got, 1e-11*scale)
			return
		}
		require.Equal(t, want, got)
	}
	near(want.Mean, got.Mean, float64(want.AbsMax))
	near(want.Std, got.Std, float64(want.AbsMax))
	for _, p := range [][2]stats.Decibels{
		{want.FP16.SQNR, got.FP16.SQNR},
		{want.FP16.SQNRFlush, got.FP16.SQNRFlush},
		{want.BF16.SQNR, got.BF16.SQNR},
		{want.TF32.SQNR, got.TF32.SQNR},
	} {
		near(float64(p[0]), float64(p[1]), 100)
	}
	for _, p := range [][2]stats.Decibels{{want.INT8.PerTensor, got.INT8.PerTensor}, {want.INT8.PerChannel, got.INT8.PerChannel}} {
		if p[0] > 200 { // what NumPy's own rounding leaves of an exact result
			require.Greater(t, p[1], stats.Decibels(200))
			continue
		}
		near(float64(p[0]), float64(p[1]), 100)
	}
	got.Mean, got.Std = want.Mean, want.Std
	got.FP16.SQNR, got.FP16.SQNRFlush, got.BF16.SQNR, got.TF32.SQNR = want.FP16.SQNR, want.FP16.SQNRFlush, want.BF16.SQNR, want.TF32.SQNR
	got.INT8, got.FP16.WorstChannel = want.INT8, nil
	require.Equal(t, want, got)
}

// TestMeasure goes through what is not about numbers: order, chunks, shapes
// that are given, tensors without values, complex ones.
func TestMeasure(t *testing.T) {
	long := pattern(3*weights.ChunkLen+7, 110, 12)
	m := weightstest.New("x", []weightstest.Tensor{
		{Name: "b.weight", Shape: []int64{4, 2}, Values: pattern(8, 120, 4)},
		{Name: "a.long", Values: long},
		{Name: "none", Shape: []int64{0, 3}},
		{Name: "a.bias", Shape: []int64{3}, Values: []float32{1, -2, 0}},
		{Name: "flat", Values: pattern(6, 120, 4)},
	})
	ctx := context.Background()
	m = weights.WithShapes(m, map[string][]int64{"flat": {3, 2}})
	all, err := stats.Measure(ctx, m, stats.Options{})
	require.NoError(t, err)
	var names []string
	var channels []int
	for _, x := range all {
		names = append(names, x.Name)
		channels = append(channels, len(x.Channels))
	}
	require.Equal(t, m.Names(), names)
	require.Equal(t, []int{4, 1, 0, 1, 3}, channels)
	require.Equal(t, []int64{3, 2}, all[4].Shape)
	require.Nil(t, all[1].Shape)
	require.Equal(t, int64(len(long)), all[1].Count)

	one, err := stats.Measure(ctx, m, stats.Options{Workers: 1, Select: []string{"a.*", "!*.bias"}})
	require.NoError(t, err)
	require.Equal(t, all[1:2], one)

	_, err = stats.Measure(ctx, m, stats.Options{Select: []string{"c.*"}})
	require.ErrorContains(t, err, `no tensor fits "c.*"`)
	require.Equal(t, fault.Usage, fault.Of(err))

	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, err = stats.Measure(ended, m, stats.Options{})
	require.ErrorIs(t, err, context.Canceled)

	pair, _ := m.Tensor("flat")
	pair.Type = dtype.Complex64
	all, err = stats.Measure(ctx, m, stats.Options{Select: []string{"flat"}})
	require.NoError(t, err)
	require.Equal(t, "complex64 values are pairs, which have no ranges of their own", all[0].Skipped)
	require.Equal(t, int64(6), all[0].Count)
	require.Empty(t, all[0].Channels)
	require.Equal(t, stats.RiskUnknown, all[0].Risk)
}

// TestChannels says which shapes have output channels.
func TestChannels(t *testing.T) {
	for _, c := range []struct {
		shape    []int64
		channels int
	}{
		{[]int64{3, 2}, 3},
		{[]int64{2, 1, 3}, 2},
		{[]int64{6}, 1},
		{[]int64{6, 1}, 1},
		{[]int64{}, 1},
		{[]int64{stats.MaxChannels, 2}, stats.MaxChannels},
		{[]int64{stats.MaxChannels + 1, 2}, 1},
	} {
		n := int64(1)
		for _, d := range c.shape {
			n *= d
		}
		require.Len(t, measureOne(t, make([]float32, n), c.shape...).Channels, c.channels, "%v", c.shape)
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	require.NoError(t, err)
	return string(b)
}

// TestChannelsOfTransposedConvolution: their output channels are the second axis.
func TestChannelsOfTransposedConvolution(t *testing.T) {
	w := make([]float32, 4*3*2*2)
	for i := range w {
		w[i] = float32(i / 4 % 3)
	}
	m := weightstest.New("x", []weightstest.Tensor{
		{Name: "up.weight", Shape: []int64{4, 3, 2, 2}, Values: w}, {Name: "up.bias", Shape: []int64{3}, Values: []float32{1, 2, 3}},
	})
	got, err := stats.Measure(t.Context(), m, stats.Options{})
	require.NoError(t, err)
	require.Len(t, got[0].Channels, 3)
	for i, c := range got[0].Channels {
		require.EqualValues(t, 16, c.Count)
		require.EqualValues(t, i, c.Min)
		require.EqualValues(t, i, c.Max)
	}
}

// TestRisk plants one tensor of each kind and sorts them.
func TestRisk(t *testing.T) {
	small := func(sigma float32) []float32 {
		x := pattern(64, 126, 2)
		for i := range x {
			x[i] *= sigma
		}
		return x
	}
	nan := float32(math.NaN())
	m := weightstest.New("x", []weightstest.Tensor{
		{Name: "skipped", Values: []float32{1}},
		{Name: "fine", Shape: []int64{8, 8}, Values: small(1)},
		{Name: "flushes", Shape: []int64{8, 8}, Values: small(0x1p-16)},
		{Name: "nan", Values: []float32{1, nan}},
		{Name: "dead channel", Shape: []int64{2, 64}, Values: append(small(1), small(1e-7)...)},
		{Name: "overflows", Values: []float32{1, 65520}},
	})
	skipped, _ := m.Tensor("skipped")
	skipped.Type = dtype.Complex32
	all, err := stats.Measure(context.Background(), m, stats.Options{})
	require.NoError(t, err)
	slices.SortStableFunc(all, stats.ByRisk)
	var got []string
	for _, x := range all {
		got = append(got, x.Name+": "+string(x.Risk))
	}
	require.Equal(t, []string{
		"nan: not_finite", "overflows: overflow", "dead channel: loss", "flushes: flush", "fine: none", "skipped: unknown",
	}, got)
	require.Equal(t, 1, all[2].FP16.WorstChannel.Index)
	require.Greater(t, all[2].FP16.SQNR, stats.Decibels(70)) // the tensor as a whole hides it
}

func TestDecibelsJSON(t *testing.T) {
	for text, want := range map[string]stats.Decibels{
		`"inf"`: stats.Decibels(math.Inf(1)), `"-inf"`: stats.Decibels(math.Inf(-1)), "73.25": 73.25, "-3": -3, "0": 0,
	} {
		require.Equal(t, text, toJSON(t, want))
		var got stats.Decibels
		require.NoError(t, json.Unmarshal([]byte(text), &got))
		require.Equal(t, want, got)
	}
	require.Equal(t, "1.235", toJSON(t, stats.Decibels(1.2346)))
	require.Equal(t, "0", toJSON(t, stats.Decibels(-1e-9)))
	var d stats.Decibels
	require.Error(t, json.Unmarshal([]byte(`"x"`), &d))
}

var errRead = errors.New("cannot be read")

type broken struct{ weights.Source }

func (broken) ReadFloat32(*weights.Tensor, []float32, int64) error { return errRead }

func TestMeasureReturnsErrors(t *testing.T) {
	m := weightstest.New("x", []weightstest.Tensor{{Name: "w", Values: []float32{1}}})
	w, _ := m.Tensor("w")
	w.Source = broken{}
	_, err := stats.Measure(context.Background(), m, stats.Options{})
	require.ErrorIs(t, err, errRead)
}
