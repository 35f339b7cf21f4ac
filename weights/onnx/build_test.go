package onnx_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/onnx"
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

// model puts fields of a graph into a model.
func model(graph ...[]byte) []byte { return append(num(1, 10), sub(7, graph...)...) }

// initializer is an initializer called w.
func initializer(parts ...[]byte) []byte {
	return sub(5, append([][]byte{text(8, "w")}, parts...)...)
}

// pair is an entry of external_data.
func pair(key, value string) []byte { return sub(13, text(1, key), text(2, value)) }

func read(b []byte) (*onnx.File, error) {
	return onnx.Read(bytes.NewReader(b), int64(len(b)), "m.onnx")
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

var one = sub(9, []byte{0, 0, 0x80, 0x3f}) // raw_data of a float32 1

func TestHelpersMakeAModel(t *testing.T) {
	f, err := read(model(initializer(num(2, 1), num(1, 1), one)))
	require.NoError(t, err)
	tensor, ok := f.Tensor("w")
	require.True(t, ok)
	v := make([]float32, 1)
	require.NoError(t, tensor.ReadFloat32(v, 0))
	require.InDelta(t, 1, v[0], 0)
	require.False(t, math.Signbit(float64(v[0])))
}
