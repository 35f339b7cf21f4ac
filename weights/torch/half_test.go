package torch_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/weights/torch"
)

// TestHalf reads all 65,536 patterns of half precision and holds them against
// x448/float16, in order and through a transposed view.
func TestHalf(t *testing.T) {
	const all = 1 << 16
	var data []byte
	for i := range all {
		data = binary.LittleEndian.AppendUint16(data, uint16(i))
	}
	p := newPickle().raw("}(").str("all").vector("HalfStorage", "0", all).
		str("transposed").tensor("HalfStorage", "0", all, 0, []int64{256, 256}, []int64{1, 256}).raw("u").stop()
	content := pickled(t, p, record{"data/0", data})
	f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "half.pth", torch.Options{})
	require.NoError(t, err)
	a, _ := f.Tensor("all")
	values := make([]float32, all)
	require.NoError(t, a.ReadFloat32(values, 0))
	b, _ := f.Tensor("transposed")
	turned := make([]float32, all)
	require.NoError(t, b.ReadFloat32(turned, 0))
	stored := make([]byte, 2*all)
	require.NoError(t, a.ReadRaw(stored, 0))
	require.Equal(t, data, stored)
	for i := range all {
		want := float16.Frombits(uint16(i)).Float32()
		for _, got := range []float32{values[i], turned[i%256*256+i/256]} {
			if math.IsNaN(float64(want)) {
				require.True(t, math.IsNaN(float64(got)), "%04x", i)
				continue
			}
			if math.Float32bits(want) != math.Float32bits(got) {
				require.Failf(t, "wrong", "%04x: %v, not %v", i, got, want)
			}
		}
	}
}
