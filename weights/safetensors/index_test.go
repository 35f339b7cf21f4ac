package safetensors_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/safetensors"
)

const indexName = "model.safetensors.index.json"

func TestOpenIndexReadsWhatPythonWrote(t *testing.T) {
	f, err := safetensors.OpenIndex("testdata/sharded/" + indexName)
	require.NoError(t, err)
	var want []described
	files := map[string]string{}
	for _, shard := range []string{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"} {
		for _, d := range truth(t, "sharded/"+shard) {
			want = append(want, d)
			files[d.Name] = shard
		}
	}
	require.Len(t, f.Names(), len(want))
	require.Equal(t, "0.weight", f.Names()[0])
	for i, w := range want {
		require.Equal(t, w.Name, f.Names()[i])
		got, ok := f.Tensor(w.Name)
		require.True(t, ok)
		require.Equal(t, files[w.Name], got.File)
		same(t, w, got)
	}
	require.Equal(t, map[string]any{"format": "pt"}, f.Metadata())
	require.Equal(t, "safetensors in 2 shards", f.Format())
	require.Empty(t, f.Warnings())
	require.NoError(t, f.Close())
	x, _ := f.Tensor("0.weight")
	require.ErrorIs(t, x.ReadFloat32(make([]float32, 1), 0), os.ErrClosed)
}

// folder has two shards, of the tensors a and b, and an index.
func folder(t testing.TB, index string) string {
	dir := t.TempDir()
	put := func(name string, b []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	put("1.safetensors", file(`{"__metadata__":{"format":"pt","part":"1"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1))
	put("2.safetensors", file(`{"__metadata__":{"format":"pt","part":"2"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	put("bad.safetensors", file(`{}`, 8))
	put(indexName, []byte(index))
	return filepath.Join(dir, indexName)
}

func TestOpenIndexTakes(t *testing.T) {
	for _, c := range []struct {
		index    string
		metadata map[string]any
		warning  string
	}{
		{`{"weight_map":{"b":"2.safetensors","a":"1.safetensors"}}`, map[string]any{"format": "pt", "part": "1"}, ""},
		{
			`{"metadata":{"total_size":9,"deep":{"x":[1,null]}},"weight_map":{"b":"2.safetensors","a":"1.safetensors"},"other":[{}]}`,
			map[string]any{"format": "pt", "part": "1", "deep": map[string]any{"x": []any{1.0, nil}}},
			"",
		},
		{
			`{"metadata":{"total_size":12},"weight_map":{"b":"2.safetensors","a":"1.safetensors"}}` + "\n",
			map[string]any{"format": "pt", "part": "1"},
			"the index states a total_size of 12 bytes, the tensors have 9",
		},
	} {
		f, err := safetensors.OpenIndex(folder(t, c.index))
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, f.Names())
		require.Equal(t, c.metadata, f.Metadata())
		require.Equal(t, c.warning, strings.Join(f.Warnings(), "\n"))
		require.NoError(t, f.Close())
	}
}

func TestOpenIndexRefuses(t *testing.T) {
	for _, c := range []struct{ name, index, want string }{
		{"missing in its shard", `{"weight_map":{"a":"1.safetensors","c":"1.safetensors"}}`, `index.json: tensor "c": expected it in 1.safetensors, found it missing there`},
		{"not in the index", `{"weight_map":{"a":"1.safetensors","c":"2.safetensors"}}`, `2.safetensors: tensor "b": expected it in model.safetensors.index.json as in this shard, found not at all`},
		{"in another shard", `{"weight_map":{"a":"2.safetensors","b":"1.safetensors"}}`, `1.safetensors: tensor "a": expected it in model.safetensors.index.json as in this shard, found in 2.safetensors`},
		{"no such shard", `{"weight_map":{"a":"3.safetensors"}}`, `3.safetensors: file does not exist`},
		{"damaged shard", `{"weight_map":{"a":"bad.safetensors"}}`, `bad.safetensors: expected the file to end`},
		{"absolute", `{"weight_map":{"a":"/etc/passwd"}}`, `tensor "a": weight_map at byte 19, expected the name of a file beside the index, found "/etc/passwd"`},
		{"parent", `{"weight_map":{"a":"../1.safetensors"}}`, `found "../1.safetensors"`},
		{"parent, escaped", `{"weight_map":{"a":"..\/1.safetensors"}}`, `found "../1.safetensors"`},
		{"folder", `{"weight_map":{"a":"x/1.safetensors"}}`, `found "x/1.safetensors"`},
		{"backslash", `{"weight_map":{"a":"..\\1.safetensors"}}`, `found "..\\1.safetensors"`},
		{"drive", `{"weight_map":{"a":"C:1.safetensors"}}`, `found "C:1.safetensors"`},
		{"dots", `{"weight_map":{"a":".."}}`, `found ".."`},
		{"dot", `{"weight_map":{"a":"."}}`, `found "."`},
		{"nothing", `{"weight_map":{"a":""}}`, `found ""`},
		{"zero byte", `{"weight_map":{"a":"1.safetensors\u0000"}}`, `found "1.safetensors\x00"`},
		{"itself", `{"weight_map":{"a":"` + indexName + `"}}`, `expected a safetensors file, found the index of a sharded safetensors file`},
		{"name twice", `{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}`, `tensor "a": weight_map at byte 35, expected each tensor once`},
		{"map twice", `{"weight_map":{"a":"1.safetensors"},"weight_map":{"a":"1.safetensors"}}`, `weight_map once`},
		{"metadata twice", `{"metadata":{},"metadata":{},"weight_map":{"a":"1.safetensors"}}`, `metadata once`},
		{"metadata is a list", `{"metadata":[],"weight_map":{"a":"1.safetensors"}}`, `metadata at byte 12, expected JSON that can be read`},
		{"metadata is cut short", `{"metadata":{"a":`, `metadata at byte 12, expected JSON that can be read`},
		{"metadata too deep", `{"metadata":{"a":` + strings.Repeat("[", 1<<20), `metadata at byte 12, expected JSON that can be read`},
		{"no map", `{"metadata":{}}`, `index at byte 0, expected a weight_map that names tensors, found none`},
		{"empty map", `{"weight_map":{}}`, `found none`},
		{"map is a list", `{"weight_map":["a"]}`, `weight_map at byte 14, expected "{", found "[`},
		{"shard is a number", `{"weight_map":{"a":1}}`, `tensor "a": weight_map at byte 19, expected a string, found "1}}"`},
		{"more behind", `{"weight_map":{"a":"1.safetensors"}}]`, `expected nothing behind the last brace`},
		{"a file of weights", "2\na 1  3f800000\n", `expected the index of a sharded safetensors file, found a .wts file`},
		{"empty", "", `found an empty file`},
		{"byte-order mark", "\xef\xbb\xbf" + `{"weight_map":{"a":"1.safetensors"}}`, `index at byte 0, expected "{"`},
		{"no UTF-8", `{"weight_map":{"a` + "\xff" + `":"1.safetensors"}}`, `index at byte 17, expected UTF-8, found "\xff"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := safetensors.OpenIndex(folder(t, c.index))
			require.ErrorContains(t, err, c.want)
			var e *weights.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, fault.BadInput, e.Kind)
			require.NotEmpty(t, e.Next)
		})
	}
	_, err := safetensors.OpenIndex(filepath.Join(t.TempDir(), indexName))
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A hub's cache has links in the place of files.
func TestOpenIndexFollowsLinks(t *testing.T) {
	target := filepath.Dir(folder(t, `{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}`))
	dir := t.TempDir()
	for _, name := range []string{"1.safetensors", "2.safetensors", indexName} {
		require.NoError(t, os.Rename(filepath.Join(target, name), filepath.Join(target, "blob-"+name)))
		require.NoError(t, os.Symlink(filepath.Join(target, "blob-"+name), filepath.Join(dir, name)))
	}
	f, err := safetensors.OpenIndex(filepath.Join(dir, indexName))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, f.Names())
	require.NoError(t, f.Close())
}
