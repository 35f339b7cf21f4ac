package torch_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/torch"
)

// FuzzRead: whatever a file holds, it is read within its bounds or refused with a
// typed error, and what is allocated is bounded by its size.
func FuzzRead(f *testing.F) {
	for _, name := range []string{
		"state_dict.pth", "views.pth", "types.pth", "legacy.pth", "legacy_module.pt", "archive.tar", "script.pt", "frozen.pt", "ultralytics.pt",
		"deflated_views.pth", "zip64_types.pth", "big_endian.pth", "training.pth", "quantized.pth",
	} {
		b, err := os.ReadFile(filepath.Join("testdata", "torch-2.15", name))
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var m *torch.File
		var err error
		total := allocated(func() { m, err = torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{}) })
		require.LessOrEqual(t, total, int64(4*len(content)+16<<20))
		if err != nil {
			var typed *weights.Error
			require.True(t, errors.As(err, &typed), "%T %v", err, err)
			return
		}
		for _, name := range m.Names() {
			tensor, ok := m.Tensor(name)
			require.True(t, ok)
			n := int64(1)
			for _, d := range tensor.Shape {
				n *= d
			}
			require.Equal(t, n, tensor.Count)
			dst := make([]byte, min(tensor.Count, 4096)*int64(tensor.Type.Size()))
			for _, from := range []int64{0, tensor.Count - int64(len(dst)/tensor.Type.Size())} {
				if err := tensor.ReadRaw(dst, from); err != nil {
					var typed *weights.Error
					require.True(t, errors.As(err, &typed), "%T %v", err, err)
				}
			}
		}
	})
}

// FuzzPickle puts any pickle into an archive that is whole otherwise, which
// checksums keep FuzzRead from.
func FuzzPickle(f *testing.F) {
	for _, s := range []string{laughs(8), laughingFacts(), modulesIn(1)} {
		f.Add([]byte(s))
	}
	for _, name := range []string{"state_dict.pth", "protocol1.pth", "protocol4.pth", "module.pt", "ultralytics.pt", "parameters.pth", "training.pth", "script.pt", "types.pth", "data_parallel.pt"} {
		for _, version := range versions {
			f.Add(member(f, filepath.Join("testdata", version, name), "data.pkl"))
		}
	}
	data := []record{{"data/0", floats(300)}, {"data/1", floats(6)}, {"data/2", floats(4)}, {"data/3", floats(4)}}
	f.Fuzz(func(t *testing.T, pickle []byte) {
		content := pickled(t, pickle, data...)
		var m *torch.File
		var err error
		total := allocated(func() { m, err = torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{}) })
		require.LessOrEqual(t, total, int64(4*len(pickle)+16<<20))
		if err != nil {
			var typed *weights.Error
			require.True(t, errors.As(err, &typed), "%T %v", err, err)
			return
		}
		for _, name := range m.Names() {
			tensor, _ := m.Tensor(name)
			if tensor.Type.IsComplex() || tensor.Count > 1<<16 {
				continue
			}
			require.NoError(t, tensor.ReadFloat32(make([]float32, tensor.Count), 0))
		}
	})
}
