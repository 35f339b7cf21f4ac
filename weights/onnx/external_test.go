package onnx_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights/onnx"
)

// external is a model whose w is two float32 in a file.
func external(pairs ...[]byte) []byte {
	return model(initializer(append([][]byte{num(2, 1), num(1, 2), num(14, 1)}, pairs...)...))
}

// folderWith makes a folder with 16 bytes of data, a secret outside of it, links
// to that, and a model.
func folderWith(t *testing.T, m []byte) string {
	t.Helper()
	top := t.TempDir()
	dir := filepath.Join(top, "models")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
	data := []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40, 0, 0, 0x80, 0x40} // 1 2 3 4
	for _, path := range []string{filepath.Join(dir, "data"), filepath.Join(dir, "sub", "data"), filepath.Join(top, "secret")} {
		require.NoError(t, os.WriteFile(path, data, 0o600))
	}
	require.NoError(t, os.Symlink(filepath.Join("..", "secret"), filepath.Join(dir, "link")))
	require.NoError(t, os.Symlink("..", filepath.Join(dir, "up")))
	require.NoError(t, os.Symlink("data", filepath.Join(dir, "inner")))
	path := filepath.Join(dir, "m.onnx")
	require.NoError(t, os.WriteFile(path, m, 0o600))
	return path
}

func TestExternal(t *testing.T) {
	for name, c := range map[string]struct {
		pairs [][]byte
		want  []float32
	}{
		"whole":            {[][]byte{pair("location", "data")}, []float32{1, 2}},
		"offset":           {[][]byte{pair("location", "data"), pair("offset", "4"), pair("length", "8")}, []float32{2, 3}},
		"at the end":       {[][]byte{pair("length", "8"), pair("offset", "8"), pair("location", "./data")}, []float32{3, 4}},
		"sub-folder":       {[][]byte{pair("location", "sub/data")}, []float32{1, 2}},
		"link to the same": {[][]byte{pair("location", "inner")}, []float32{1, 2}},
		"key not known":    {[][]byte{pair("location", "data"), pair("basepath", "/")}, []float32{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := onnx.Open(folderWith(t, external(c.pairs...)))
			require.NoError(t, err)
			tensor, ok := f.Tensor("w")
			require.True(t, ok)
			v := make([]float32, 2)
			require.NoError(t, tensor.ReadFloat32(v, 0))
			require.Equal(t, c.want, v)
			require.NoError(t, f.Close())
			require.Error(t, tensor.ReadFloat32(v, 0))
		})
	}
}

// TestOverlap: tensors may share what they hold.
func TestOverlap(t *testing.T) {
	tensor := func(name, offset string) []byte {
		return sub(5, text(8, name), num(2, 1), num(1, 2), num(14, 1), pair("location", "data"), pair("offset", offset))
	}
	f, err := onnx.Open(folderWith(t, model(tensor("a", "0"), tensor("b", "4"), tensor("c", "0"))))
	require.NoError(t, err)
	defer f.Close()
	v := make([]float32, 2)
	b, _ := f.Tensor("b")
	require.NoError(t, b.ReadFloat32(v, 0))
	require.Equal(t, []float32{2, 3}, v)
	require.Equal(t, "data", b.File)
	require.Equal(t, int64(4), b.Offset)
}

func TestExternalRefused(t *testing.T) {
	const beyond = "9223372036854775807"
	for name, c := range map[string]struct {
		pairs [][]byte
		says  string
	}{
		"no location":          {nil, "expected a location"},
		"empty location":       {[][]byte{pair("location", "")}, "expected a location"},
		"absolute":             {[][]byte{pair("location", "/etc/passwd")}, `expected a file in the model's folder, found "/etc/passwd"`},
		"up":                   {[][]byte{pair("location", "../secret")}, `found "../secret"`},
		"up and down":          {[][]byte{pair("location", "sub/../data")}, `found "sub/../data"`},
		"up twice":             {[][]byte{pair("location", "sub/../../secret")}, "model's folder"},
		"nul":                  {[][]byte{pair("location", "data\x00")}, "model's folder"},
		"symbolic link":        {[][]byte{pair("location", "link")}, `external file "link"`},
		"link of a folder":     {[][]byte{pair("location", "up/secret")}, `external file "up/secret"`},
		"missing":              {[][]byte{pair("location", "dat")}, "file does not exist; put it beside the model"},
		"folder":               {[][]byte{pair("location", "sub")}, "expected a regular file"},
		"the folder itself":    {[][]byte{pair("location", ".")}, "expected a regular file"},
		"offset beyond":        {[][]byte{pair("location", "data"), pair("offset", "12")}, "8 bytes from offset 12 on, found a file of 16 bytes"},
		"offset 2^63-1":        {[][]byte{pair("location", "data"), pair("offset", beyond)}, "found a file of 16 bytes"},
		"offset 2^63":          {[][]byte{pair("location", "data"), pair("offset", "9223372036854775808")}, "expected an offset in bytes"},
		"offset -1":            {[][]byte{pair("location", "data"), pair("offset", "-1")}, "expected an offset in bytes"},
		"offset in words":      {[][]byte{pair("location", "data"), pair("offset", "4k")}, "expected an offset in bytes"},
		"length too short":     {[][]byte{pair("location", "data"), pair("length", "4")}, `expected a length of 8 bytes for shape [2] of float, found "4"`},
		"length too long":      {[][]byte{pair("location", "data"), pair("length", beyond)}, "expected a length of 8 bytes"},
		"length -1":            {[][]byte{pair("location", "data"), pair("length", "-1")}, "expected a length of 8 bytes"},
		"checksum is no SHA-1": {[][]byte{pair("location", "data"), pair("checksum", "abc")}, "expected a SHA-1 checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := onnx.Open(folderWith(t, external(c.pairs...)))
			refused(t, err, fault.BadInput, c.says)
			require.ErrorContains(t, err, `tensor "w"`)
		})
	}
	_, err := read(external(pair("location", "data")))
	refused(t, err, fault.Unsupported, "open the model by its path")
}

func TestChecksum(t *testing.T) {
	wrong := "00000000000000000000000000000000000000ff"
	f, err := onnx.Open(folderWith(t, external(pair("location", "data"), pair("checksum", wrong))))
	require.NoError(t, err)
	defer f.Close()
	tensor, _ := f.Tensor("w")
	for range 2 {
		err = tensor.ReadFloat32(make([]float32, 2), 0)
		require.ErrorContains(t, err, "the model expects SHA-1 "+wrong)
		require.Equal(t, fault.BadInput, fault.Of(err))
	}
	tensors := []byte{}
	for _, name := range []string{"a", "b"} {
		sum := wrong[:39] + name
		tensors = append(tensors, sub(5, text(8, name), num(2, 1), num(1, 2), num(14, 1), pair("location", "data"), pair("checksum", sum))...)
	}
	_, err = onnx.Open(folderWith(t, model(tensors)))
	refused(t, err, fault.BadInput, "as before")
}
