package caffe_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/caffe"
)

// sub is a field that holds bytes or a message.
func sub(number protowire.Number, parts ...[]byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), bytes.Join(parts, nil))
}

func text(number protowire.Number, s string) []byte { return sub(number, []byte(s)) }

func num(number protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), uint64(v))
}

// claim is the start of a field that says it has length bytes.
func claim(number protowire.Number, length uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.BytesType), length)
}

// conv is a model of a convolution with one blob.
func conv(blob ...[]byte) []byte {
	return sub(100, text(1, "conv"), text(2, "Convolution"), sub(7, blob...))
}

func shape(dims ...byte) []byte { return sub(7, sub(1, dims)) }

// data is packed float32 zeros.
func data(n int) []byte { return sub(5, make([]byte, 4*n)) }

func read(b []byte) (*caffe.File, error) {
	return caffe.Read(bytes.NewReader(b), int64(len(b)), "m.caffemodel")
}

// refused requires an error of a kind that says what it must.
func refused(t *testing.T, err error, kind fault.Kind, says string) {
	t.Helper()
	var e *weights.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, kind, e.Kind, err)
	require.ErrorContains(t, err, says)
	require.NotEmpty(t, e.Next, err)
}

func TestHelpersMakeAModel(t *testing.T) {
	f, err := read(conv(shape(2, 3), data(6)))
	require.NoError(t, err)
	require.Equal(t, []string{"conv.weight"}, f.Names())
}
