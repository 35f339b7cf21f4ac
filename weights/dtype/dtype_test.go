package dtype_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestNamesRoundTrip(t *testing.T) {
	for ty := dtype.Float32; ty <= dtype.Complex128; ty++ {
		b, err := json.Marshal(ty)
		require.NoError(t, err)
		var back dtype.Type
		require.NoError(t, json.Unmarshal(b, &back))
		require.Equal(t, ty, back)
		require.Positive(t, ty.Size())
	}
}

func TestParseRefusesUnknown(t *testing.T) {
	for _, name := range []string{"", "invalid", "float", "FLOAT32"} {
		_, err := dtype.Parse(name)
		require.Error(t, err, name)
	}
}
