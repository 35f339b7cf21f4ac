package trt_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// patterned are n values over the whole range of float16 and beyond.
func patterned(n int) trt.Float32s {
	v := make(trt.Float32s, n)
	for i := range v {
		v[i] = float32(math.Ldexp(float64(i%2003)/1001.5-1, i%45-28))
	}
	return v
}

// counted is a recipe that is not a slice and counts what is read of it.
type counted struct {
	trt.Float32s
	read *atomic.Int64
}

func (c counted) ReadFloat32(dst []float32, from int64) error {
	c.read.Add(int64(len(dst)))
	return c.Float32s.ReadFloat32(dst, from)
}

type broken struct{ err error }

func (b broken) ReadFloat32([]float32, int64) error { return b.err }

// constants is a network that adds up constants of equal dimensions.
func constants(ws ...*trt.Weights) *trt.Network {
	n := trt.NewNetwork("constants", trt.Target{})
	for i, w := range ws {
		n.MarkOutput(n.AddConstant(string(rune('a'+i)), w), string(rune('A'+i)))
	}
	return n
}

func TestMaterializeRoundsToNearestEven(t *testing.T) {
	v := patterned(100_000) // more than three chunks, and not a multiple
	var read atomic.Int64
	w := trt.NewWeights(trt.Dims{100_000}, v, trt.Origin{File: "f", Tensor: "t", Part: "value"})
	lazy := trt.NewWeights(trt.Dims{100_000}, counted{v[:1000], &read}).WithValues(counted{v, &read})
	m, mem, err := trt.Materialize(context.Background(), constants(w, w.As(dtype.Float16), w.As(dtype.BFloat16), lazy))
	require.NoError(t, err)
	defer mem.Close()
	require.True(t, m.Materialized())
	raw := func(i int) []byte { return m.Layers()[i].Op.Weights()[0].Weights.Bytes() }
	for i, x := range v {
		require.Equal(t, math.Float32bits(x), binary.LittleEndian.Uint32(raw(0)[4*i:]))
		require.Equal(t, float16.Fromfloat32(x).Bits(), binary.LittleEndian.Uint16(raw(1)[2*i:]), "%g", x)
		b := math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw(2)[2*i:])) << 16)
		require.LessOrEqual(t, math.Abs(float64(b-x)), math.Abs(float64(x))/256)
	}
	require.Equal(t, raw(0), raw(3))
	require.EqualValues(t, 100_000, read.Load())
	for _, l := range m.Layers() {
		w := l.Op.Weights()[0].Weights
		require.Equal(t, sha256.Sum256(w.Bytes()), w.Digest())
	}
	require.Equal(t, "t", m.Layers()[1].Op.Weights()[0].Weights.Origins[0].Tensor)
	require.Nil(t, w.Bytes(), "the original is unchanged")
}

func TestMaterializeSharesEqualPointers(t *testing.T) {
	w := ones(4, 4)
	m, mem, err := trt.Materialize(context.Background(), constants(w, ones(4, 4), w))
	require.NoError(t, err)
	defer mem.Close()
	at := func(i int) *trt.Weights { return m.Layers()[i].Op.Weights()[0].Weights }
	require.Same(t, at(0), at(2))
	require.NotSame(t, at(0), at(1))
}

func TestMaterializeCopiesRawWeightsOffTheHeap(t *testing.T) {
	raw := []byte{1, 0, 0, 0, 255, 255, 255, 255}
	w := trt.RawWeights(dtype.Int32, trt.Dims{2}, raw)
	empty := trt.RawWeights(dtype.Int64, trt.Dims{0}, nil)
	m, mem, err := trt.Materialize(context.Background(), constants(w, empty))
	require.NoError(t, err)
	defer mem.Close()
	got := m.Layers()[0].Op.Weights()[0].Weights
	require.Equal(t, raw, got.Bytes())
	require.NotSame(t, &raw[0], &got.Bytes()[0])
	require.Equal(t, w.Digest(), got.Digest())
	require.NotNil(t, m.Layers()[1].Op.Weights()[0].Weights.Bytes())
}

func TestRawFloatsCanBeStoredAsAnotherType(t *testing.T) {
	h := trt.RawWeights(dtype.Float16, trt.Dims{2}, []byte{0x00, 0x3c, 0x00, 0xc0}) // 1, -2
	m, mem, err := trt.Materialize(context.Background(), constants(h.As(dtype.Float32), h.As(dtype.BFloat16).As(dtype.Float16)))
	require.NoError(t, err)
	defer mem.Close()
	require.Equal(t, []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0}, m.Layers()[0].Op.Weights()[0].Weights.Bytes())
	require.Equal(t, h.Bytes(), m.Layers()[1].Op.Weights()[0].Weights.Bytes())
}

func TestMaterializeNamesTheLayerThatFails(t *testing.T) {
	gone := fault.New(fault.BadInput, "", "the file shrank")
	n := constants(ones(3), trt.NewWeights(trt.Dims{3}, broken{gone}))
	_, _, err := trt.Materialize(context.Background(), n)
	require.ErrorContains(t, err, "layer b (constant): value weights: the file shrank")
	require.Equal(t, fault.BadInput, fault.Of(err))
	var e *trt.Error
	require.True(t, errors.As(err, &e))
	require.Equal(t, "b", e.Layer)
}

func TestMaterializeStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := trt.Materialize(ctx, constants(ones(3)))
	require.ErrorIs(t, err, context.Canceled)
}

// BenchmarkMaterialize writes 25 million values, ResNet-50's, as float16.
func BenchmarkMaterialize(b *testing.B) {
	var ws []*trt.Weights
	for range 50 {
		ws = append(ws, trt.NewWeights(trt.Dims{500_000}, patterned(500_000)).As(dtype.Float16))
	}
	n := trt.NewNetwork("constants", trt.Target{})
	for i, w := range ws {
		n.MarkOutput(n.AddConstant(fmt.Sprintf("c%d", i), w), fmt.Sprintf("out%d", i))
	}
	require.NoError(b, n.Validate())
	b.SetBytes(50 * 500_000 * 4)
	for b.Loop() {
		_, mem, err := trt.Materialize(context.Background(), n)
		require.NoError(b, err)
		mem.Close()
	}
}
