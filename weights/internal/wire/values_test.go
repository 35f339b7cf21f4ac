package wire

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

const number = 5

// message writes n random numbers, packed in runs and one by one, with other
// fields between.
func message(rng *rand.Rand, element protowire.Type, n int) (msg []byte, want []uint64) {
	one := func(b []byte, v uint64) []byte {
		switch element {
		case protowire.Fixed32Type:
			return protowire.AppendFixed32(b, uint32(v))
		case protowire.Fixed64Type:
			return protowire.AppendFixed64(b, v)
		}
		return protowire.AppendVarint(b, v)
	}
	for len(want) < n {
		msg = protowire.AppendBytes(protowire.AppendTag(msg, number+1, protowire.BytesType), make([]byte, rng.IntN(9)))
		var run []byte
		packed := rng.IntN(3) > 0
		for range rng.IntN(min(n-len(want), 20000) + 1) {
			v := rng.Uint64() >> rng.IntN(64)
			if element == protowire.Fixed32Type {
				v = uint64(uint32(v))
			}
			want = append(want, v)
			if packed {
				run = one(run, v)
				continue
			}
			msg = one(protowire.AppendTag(msg, number, element), v)
		}
		if packed {
			msg = protowire.AppendBytes(protowire.AppendTag(msg, number, protowire.BytesType), run)
		}
	}
	return msg, want
}

func TestValuesOfAnyMixture(t *testing.T) {
	for element, kind := range map[protowire.Type]dtype.Type{
		protowire.VarintType: dtype.UInt64, protowire.Fixed32Type: dtype.UInt32, protowire.Fixed64Type: dtype.UInt64,
	} {
		rng := rand.New(rand.NewPCG(3, uint64(element))) //nolint:gosec // a test that repeats
		for _, n := range []int{0, 1, 100, weights.ChunkLen, 2*weights.ChunkLen + 1} {
			msg, want := message(rng, element, n)
			file := append([]byte("before"), msg...)
			r := NewReader(bytes.NewReader(file), int64(len(file)), "x")
			span := Span{6, int64(len(file))}
			values := NewValues(number, element, span)
			for f, err := range r.Fields(span) {
				require.NoError(t, err)
				if f.Number == number {
					require.NoError(t, values.Add(r, f))
				}
			}
			require.Equal(t, int64(n), values.Count)
			tensor := &weights.Tensor{Name: "w", Type: kind, Count: values.Count}
			tensor.Source = &Source{R: bytes.NewReader(file), Size: int64(len(file)), File: "x", Values: values, PerElement: 1}
			size := kind.Size()
			for _, from := range []int{0, 1, weights.ChunkLen - 1, weights.ChunkLen, weights.ChunkLen + 1, n - 1} {
				if from < 0 || from >= n {
					continue
				}
				for _, to := range []int{from + 1, min(n, from+weights.ChunkLen), n} {
					got, expected := make([]byte, size*(to-from)), []byte{}
					require.NoError(t, tensor.ReadRaw(got, int64(from)))
					for _, v := range want[from:to] {
						expected = append(expected, binary.LittleEndian.AppendUint64(nil, v)[:size]...)
					}
					require.True(t, bytes.Equal(expected, got), "%v[%d:%d] of %d", kind, from, to, n)
				}
			}
		}
	}
}

func TestElements(t *testing.T) {
	for _, c := range []struct {
		shape []int64
		want  int64
		ok    bool
	}{
		{nil, 1, true},
		{[]int64{2, 3}, 6, true},
		{[]int64{2, 0, 3}, 0, true},
		{[]int64{0, -1}, 0, false},
		{[]int64{1 << 40, 1 << 18}, 1 << 58, true},
		{[]int64{1 << 40, 1 << 20}, 0, false},
		{[]int64{1 << 62, 4, 0}, 0, false},
	} {
		got, ok := Elements(c.shape)
		require.Equal(t, c.ok, ok, c.shape)
		require.Equal(t, c.want, got, c.shape)
	}
}
