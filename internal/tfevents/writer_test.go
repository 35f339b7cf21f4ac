package tfevents_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/tfevents"
)

// The bytes are those that the RecordWriter and the messages of tensorboard
// 2.21.0 make of the same events.
func TestBytes(t *testing.T) {
	var b bytes.Buffer
	w := tfevents.NewWriter(&b)
	require.NoError(t, w.Scalar("absmax/a", 1.5))
	require.NoError(t, w.Histogram("linear/a", tfevents.Histogram{
		Min: 0, Max: 2, Num: 3, Sum: 4, SumSquares: 6,
		Limits: []float64{1, 2}, Counts: []float64{1, 2},
	}))
	require.Equal(t, ""+
		"0f000000000000006d532b091a0d627261696e2e4576656e743a32fc98"+
		"512913000000000000000c91321b2a110a0f0a086162736d61782f61150000c03f8570"+
		"1bcf5800000000000000a28b2f8c2a560a540a086c696e6561722f612a481100000000000000401900000000000008402100000000000010402900000000000018403210000000000000f03f00000000000000403a10000000000000f03f0000000000000040fd8dfcaf",
		hex.EncodeToString(b.Bytes()))
}

type full struct{ left int }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestFirstErrorStays(t *testing.T) {
	w := tfevents.NewWriter(&full{left: 40})
	require.ErrorIs(t, w.Scalar("a", 1), errFull)
	require.ErrorIs(t, w.Scalar("a", 2), errFull)
	require.ErrorIs(t, w.Histogram("a", tfevents.Histogram{}), errFull)
}
