package diff_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/diff"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// integers is a map of one tensor of 64-bit elements.
type integers struct {
	t      dtype.Type
	values []uint64
}

func (m integers) Names() []string { return []string{"w"} }
func (m integers) Format() string  { return "memory" }
func (m integers) Close() error    { return nil }

func (m integers) Tensor(name string) (*weights.Tensor, bool) {
	n := int64(len(m.values))
	return &weights.Tensor{Name: "w", Type: m.t, Shape: []int64{n}, Count: n, Source: m}, name == "w"
}

func (m integers) ReadFloat32(_ *weights.Tensor, dst []float32, from int64) error {
	for i := range dst {
		dst[i] = float32(m.values[from+int64(i)])
	}
	return nil
}

func (m integers) ReadRaw(_ *weights.Tensor, dst []byte, from int64) error {
	for i := range len(dst) / 8 {
		binary.LittleEndian.PutUint64(dst[8*i:], m.values[from+int64(i)])
	}
	return nil
}

// Integers beyond 2^53 are told apart where their float64 are the same.
func TestLargeIntegers(t *testing.T) {
	const large = 1 << 60
	minus := uint64(math.MaxUint64 - large) // -(2^60+1)
	for _, c := range []struct {
		t     dtype.Type
		a, b  []uint64
		apart float64
	}{
		{dtype.Int64, []uint64{large, 1}, []uint64{large + 1, 1}, 1},
		{dtype.Int64, []uint64{minus, 1}, []uint64{minus + 3, 1}, 3},
		{dtype.UInt64, []uint64{1 << 63, 1}, []uint64{1<<63 + 2, 1}, 2},
	} {
		r, err := diff.Compare(t.Context(), integers{c.t, c.a}, integers{c.t, c.b}, diff.Options{})
		require.NoError(t, err)
		e := r.Tensors[0].Errors
		require.Equal(t, []any{false, int64(1), int64(1), c.apart}, []any{e.Bitwise, e.Differing, e.Beyond, e.MaxAbs}, "%v", c)
		r, err = diff.Compare(t.Context(), integers{c.t, c.a}, integers{c.t, c.b}, diff.Options{Atol: 4})
		require.NoError(t, err)
		require.Zero(t, r.Tensors[0].Errors.Beyond)
	}
}

// Errors whose squares no float64 holds are as bad as can be, and no NaN.
func TestHugeErrors(t *testing.T) {
	m := func(x float64) integers { return integers{dtype.Float64, []uint64{math.Float64bits(x)}} }
	r, err := diff.Compare(t.Context(), m(1e200), m(2e200), diff.Options{})
	require.NoError(t, err)
	require.True(t, math.IsInf(float64(r.Tensors[0].Errors.SQNR), -1))
	_, err = json.Marshal(r)
	require.NoError(t, err)
}
