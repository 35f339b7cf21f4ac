package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzRead holds what is accepted against encoding/json, and against what the
// writer makes of it.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"types", "network", "shapes", "empty", "written/mixed", "sharded/model-00001-of-00002"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".safetensors"))
		require.NoError(f, err)
		f.Add(b)
	}
	for _, header := range []string{
		`{"a":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"U8","shape":[0],"data_offsets":[16,16]}}`,
		`{"__metadata__":{"a":"\u0041\ud83c\udfb1"},"b\"":{"shape":[],"data_offsets":[0,16],"dtype":"C64"}}`,
		`{"a":{"dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,16]}}`,
	} {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		f.Add(append(append(b, header...), make([]byte, 16)...))
	}
	f.Fuzz(check)
}

// FuzzHeader is FuzzRead with a length that is right, which mutations seldom hit.
func FuzzHeader(f *testing.F) {
	for _, name := range []string{"types", "network", "shapes", "written/mixed"} {
		b, err := os.ReadFile(filepath.Join("testdata", name+".safetensors"))
		require.NoError(f, err)
		data := 8 + binary.LittleEndian.Uint64(b)
		f.Add(b[8:data], b[data:])
	}
	f.Add([]byte(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`), []byte{1})
	f.Fuzz(func(t *testing.T, header, values []byte) {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
		check(t, append(append(b, header...), values...))
	})
}

func check(t *testing.T, b []byte) {
	got, err := Read(bytes.NewReader(b), int64(len(b)), "x")
	if err != nil {
		return
	}
	data := int64(8 + binary.LittleEndian.Uint64(b))
	var want map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b[8:data], &want))
	var metadata map[string]string
	if m, ok := want[metadataKey]; ok {
		require.NoError(t, json.Unmarshal(m, &metadata))
		delete(want, metadataKey)
	}
	require.Len(t, got.Metadata(), len(metadata))
	for key, v := range metadata {
		require.Equal(t, v, got.Metadata()[key])
	}
	require.Len(t, got.Names(), len(want))
	total := int64(0)
	var tensors []Tensor
	for _, name := range got.Names() {
		x, _ := got.Tensor(name)
		var d struct {
			DType   string   `json:"dtype"`
			Shape   []int64  `json:"shape"`
			Offsets [2]int64 `json:"data_offsets"`
		}
		require.NoError(t, json.Unmarshal(want[name], &d))
		require.Equal(t, d.Shape, x.Shape)
		require.Equal(t, d.Offsets[0], x.Offset-data)
		require.Equal(t, types[d.DType], x.Type)
		size := x.Count * int64(x.Type.Size())
		require.Equal(t, d.Offsets[1]-d.Offsets[0], size)
		total += size
		if !x.Type.IsComplex() {
			require.NoError(t, x.ReadFloat32(make([]float32, x.Count), 0))
		}
		tensors = append(tensors, Tensor{Name: name, Type: x.Type, Shape: x.Shape, Values: x})
	}
	require.Equal(t, int64(len(b)), data+total)

	var out bytes.Buffer
	require.NoError(t, Write(&out, tensors, metadata))
	again, err := Read(bytes.NewReader(out.Bytes()), int64(out.Len()), "x")
	require.NoError(t, err)
	require.Equal(t, got.Names(), again.Names())
	for _, name := range got.Names() {
		x, _ := got.Tensor(name)
		y, _ := again.Tensor(name)
		v, w := make([]byte, x.Count*int64(x.Type.Size())), make([]byte, x.Count*int64(x.Type.Size()))
		require.NoError(t, x.ReadRaw(v, 0))
		require.NoError(t, y.ReadRaw(w, 0))
		require.Equal(t, v, w)
	}
}

// FuzzIndex holds what is accepted against encoding/json: no shard is anywhere
// but beside the index.
func FuzzIndex(f *testing.F) {
	b, err := os.ReadFile("testdata/sharded/model.safetensors.index.json")
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"weight_map":{"a":"..\/b"}}`))
	f.Add([]byte(`{"metadata":{"a":[{}]},"x":1.5e3,"weight_map":{"a":"b\u002e"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := parseIndex("x", text)
		if err != nil {
			return
		}
		var want struct {
			Map map[string]string `json:"weight_map"`
		}
		require.NoError(t, json.Unmarshal(text, &want))
		require.Equal(t, want.Map, in.shards)
		require.Len(t, in.names, len(want.Map))
		for _, shard := range in.shards {
			require.True(t, filepath.IsLocal(shard) && !strings.ContainsAny(shard, `/\`) && shard != ".", shard)
		}
	})
}
