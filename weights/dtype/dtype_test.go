package dtype_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestNamesRoundTrip(t *testing.T) {
	for ty := dtype.Float32; ty <= dtype.Float4E2M1FN; ty++ {
		b, err := json.Marshal(ty)
		require.NoError(t, err)
		var back dtype.Type
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, ty, back)
		require.Positive(t, ty.Bits())
		require.EqualValues(t, ty.Bits(), ty.Bytes(8))
	}
}

func TestParseRefusesUnknown(t *testing.T) {
	for _, name := range []string{"", "invalid", "float", "FLOAT32"} {
		_, err := dtype.Parse(name)
		require.Error(t, err, name)
	}
}

func TestPackedBytes(t *testing.T) {
	for n, want := range []int64{0, 1, 1, 2, 2, 3} {
		require.Equal(t, want, dtype.Int4.Bytes(int64(n)))
		require.Equal(t, want, dtype.Float4E2M1FN.Bytes(int64(n)))
		require.EqualValues(t, 2*n, dtype.BFloat16.Bytes(int64(n)))
	}
	require.Zero(t, dtype.Int4.Size())
}
