package torch_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch"
)

// versions are the PyTorch releases whose files are committed.
var versions = []string{"torch-1.13", "torch-2.15"}

type truth struct {
	Torch string
	Files map[string]struct {
		Format  string
		Key     string
		OpenKey string `json:"open_key"`
		Prefix  string
		Tensors []struct {
			Name      string
			DType     string
			Shape     []int64
			Role      string
			SHA256F32 string `json:"sha256_f32"`
		}
	}
}

func readTruth(tb testing.TB, version string) (all truth) {
	b, err := os.ReadFile(filepath.Join("testdata", version, "expected.json"))
	require.NoError(tb, err)
	require.NoError(tb, json.Unmarshal(b, &all))
	require.NotEmpty(tb, all.Files)
	return all
}

// digest returns the SHA-256 of a tensor's values as little-endian float32, read
// by pieces of the given length.
func digest(tb testing.TB, t *weights.Tensor, piece int) string {
	sum := sha256.New()
	values := make([]float32, piece)
	var b []byte
	for from := int64(0); from < t.Count; from += int64(piece) {
		v := values[:min(int64(piece), t.Count-from)]
		require.NoError(tb, t.ReadFloat32(v, from), t.Name)
		b = b[:0]
		for _, x := range v {
			u := math.Float32bits(x)
			b = append(b, byte(u), byte(u>>8), byte(u>>16), byte(u>>24))
		}
		sum.Write(b)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// TestTruth holds names, order, shapes, types, roles and values of every file
// against what PyTorch itself says of it.
func TestTruth(t *testing.T) {
	for _, version := range versions {
		for name, want := range readTruth(t, version).Files {
			t.Run(version+"/"+name, func(t *testing.T) {
				f, err := torch.Open(filepath.Join("testdata", version, name), torch.Options{Key: want.OpenKey})
				require.NoError(t, err)
				defer func() { require.NoError(t, f.Close()) }()
				require.Equal(t, want.Format, f.Format())
				var names []string
				for _, w := range want.Tensors {
					names = append(names, w.Name)
				}
				require.Equal(t, names, f.Names())
				for _, w := range want.Tensors {
					got, ok := f.Tensor(w.Name)
					require.True(t, ok)
					require.Equal(t, w.DType, got.Type.String(), w.Name)
					require.Equal(t, append([]int64{}, w.Shape...), append([]int64{}, got.Shape...), w.Name)
					require.Equal(t, w.Role, got.Role.String(), w.Name)
					require.Equal(t, name, got.File)
					if got.Type.IsComplex() {
						require.Empty(t, w.SHA256F32)
						err := got.ReadFloat32(make([]float32, 1), 0)
						require.ErrorContains(t, err, "expected real numbers, found complex")
						require.Equal(t, fault.Unsupported, fault.Of(err))
						continue
					}
					for _, piece := range []int{3, weights.ChunkLen} {
						require.Equal(t, w.SHA256F32, digest(t, got, piece), "%s in pieces of %d", w.Name, piece)
					}
				}
				metadata := f.Metadata()
				if want.Key != "" {
					require.Equal(t, want.Key, metadata["key"])
				} else {
					require.NotContains(t, metadata, "key")
				}
				if want.Prefix != "" {
					require.Equal(t, want.Prefix, metadata["prefix"])
					require.Contains(t, f.Warnings(), fmt.Sprintf("the prefix %s was taken off all names", want.Prefix))
				} else {
					require.NotContains(t, metadata, "prefix")
				}
				_, err = json.Marshal(metadata)
				require.NoError(t, err)
			})
		}
	}
}

func TestRefusedByName(t *testing.T) {
	for _, version := range versions {
		for name, want := range map[string]string{
			"sparse.pth":             `tensor "table": is sparse; call .to_dense() on it and save again`,
			"sparse_csr.pth":         `tensor "table": is sparse; call .to_dense() on it and save again`,
			"quantized.pth":          `tensor "scaled": is quantized (quint8); call .dequantize() on it and save again`,
			"quantized_channels.pth": `tensor "by_channel": is quantized (qint8); call .dequantize() on it and save again`,
			"meta.pth":               `tensor "weight": is on the meta device, without values; save the checkpoint after the values are loaded`,
		} {
			path := filepath.Join("testdata", version, name)
			_, err := torch.Open(path, torch.Options{})
			require.EqualError(t, err, path+": "+want)
			require.Equal(t, fault.Unsupported, fault.Of(err))
		}
	}
}

// TestRefusedViews: of a view that conjugates or negates, the storage holds other
// values.
func TestRefusedViews(t *testing.T) {
	for name, want := range map[string]string{
		"conjugate.pth": `tensor "weight": is a conjugate view, whose storage holds other values; call .resolve_conj() on it and save again`,
		"negative.pth":  `tensor "weight": is a negative view, whose storage holds other values; call .resolve_neg() on it and save again`,
	} {
		path := filepath.Join("testdata/torch-2.15", name)
		_, err := torch.Open(path, torch.Options{})
		require.EqualError(t, err, path+": "+want)
		require.Equal(t, fault.Unsupported, fault.Of(err))
	}
}

// TestFrozen: freezing a TorchScript module makes its parameters constants of the
// code, without names.
func TestFrozen(t *testing.T) {
	f, err := torch.Open("testdata/torch-2.15/frozen.pt", torch.Options{})
	require.NoError(t, err)
	defer f.Close()
	require.NotEmpty(t, f.Names())
	for i, name := range f.Names() {
		require.Equal(t, fmt.Sprintf("constants.%d", i), name)
	}
}

// TestScriptOfLongLines: lines of code may be of any length, those that declare
// tensors as well; what cannot be read is said.
func TestScriptOfLongLines(t *testing.T) {
	whole, err := zip.OpenReader("testdata/torch-2.15/script.pt")
	require.NoError(t, err)
	defer whole.Close()
	rewritten := func(edit func(code []byte) []byte) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		edited := 0
		for _, m := range whole.File {
			r, err := m.Open()
			require.NoError(t, err)
			content, err := io.ReadAll(r)
			require.NoError(t, err)
			if bytes.Contains(content, []byte("  __parameters__ = [")) {
				content = edit(content)
				edited++
			}
			out, err := w.CreateHeader(&zip.FileHeader{Name: m.Name, Method: zip.Store})
			require.NoError(t, err)
			_, err = out.Write(content)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		require.Positive(t, edited)
		return b.Bytes()
	}
	names := func(content []byte) ([]string, error) {
		f, err := torch.Read(bytes.NewReader(content), int64(len(content)), "x.pt", torch.Options{})
		if err != nil {
			return nil, err
		}
		return f.Names(), nil
	}
	want, err := names(rewritten(func(code []byte) []byte { return code }))
	require.NoError(t, err)
	require.NotEmpty(t, want)
	long := bytes.Repeat([]byte("x"), 3<<20)
	got, err := names(rewritten(func(code []byte) []byte { return append(append(bytes.Clone(long), '\n'), code...) }))
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = names(rewritten(func(code []byte) []byte {
		return bytes.ReplaceAll(code, []byte("  __parameters__ = ["), append([]byte(`  __parameters__ = ["`), append(bytes.Clone(long), `", `...)...))
	}))
	require.ErrorContains(t, err, "whose tensors take a line of more than 1048576 bytes")
}
