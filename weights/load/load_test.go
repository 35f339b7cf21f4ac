package load_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/load"
)

func TestOpenGoesByContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.bin")
	require.NoError(t, os.WriteFile(path, []byte("1\na 1  3f800000\n"), 0o600))
	m, err := load.Open(path)
	require.NoError(t, err)
	defer m.Close()
	require.Equal(t, "wts", m.Format())
	require.Equal(t, []string{"a"}, m.Names())
}

func zipped(t *testing.T, member string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(member)
	require.NoError(t, err)
	_, err = w.Write([]byte("content"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func tarred(t *testing.T, member string) string {
	var b bytes.Buffer
	z := tar.NewWriter(&b)
	require.NoError(t, z.WriteHeader(&tar.Header{Name: member, Mode: 0o600}))
	require.NoError(t, z.Close())
	return b.String()
}

// TestImpostors names what no weights can be read from.
func TestImpostors(t *testing.T) {
	darknet := binary.LittleEndian.AppendUint32(nil, 0)
	darknet = binary.LittleEndian.AppendUint32(darknet, 2)
	darknet = binary.LittleEndian.AppendUint32(darknet, 5)
	darknet = binary.LittleEndian.AppendUint64(darknet, 32013312)
	darknet = append(darknet, make([]byte, 4*1000)...)
	for name, c := range map[string]struct {
		content string
		want    string
		kind    fault.Kind
	}{
		"empty":        {"", "an empty file", fault.BadInput},
		"blank":        {" \r\n\n", "an empty file", fault.BadInput},
		"html":         {"\n<!DOCTYPE html><html><title>Google Drive - Virus scan warning", "an HTML page", fault.BadInput},
		"lfs":          {"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "a git-LFS pointer", fault.BadInput},
		"zip":          {zipped(t, "resnet18.wts"), "a zip archive", fault.Unsupported},
		"darknet":      {string(darknet), "a darknet .weights file", fault.Unsupported},
		"keras":        {zipped(t, "model.weights.h5"), "a Keras archive", fault.Unsupported},
		"paddle":       {"\x80\x02}q\x00X\x1b\x00\x00\x00StructuredToParameterName@@q\x01}", "a PaddlePaddle checkpoint", fault.Unsupported},
		"pickle":       {"\x80\x02}q\x00.", "a Python pickle that torch.save did not write", fault.Unsupported},
		"tar":          {tarred(t, "notes.txt"), "a tar archive", fault.Unsupported},
		"hdf5":         {"\x89HDF\r\n\x1a\n\x00", "an HDF5 file", fault.Unsupported},
		"utf-16":       {"\xff\xfe1\x00\n\x00", "UTF-16 text", fault.BadInput},
		"engine":       {"vtrt\x00\x00\x00\x00", "a TensorRT engine, which is what comes out", fault.BadInput},
		"mock plan":    {"TRTBUILD-MOCKPLAN\n", "a TensorRT engine, which is what comes out", fault.BadInput},
		"text":         {"[net]\nbatch=64\n", "text, but no weight file", fault.BadInput},
		"noise":        {"\x9c\x03\xfa\x00\x01", "no weight file that is known here", fault.BadInput},
		"number alone": {"161", "truncated at tensor 1 of 161", fault.BadInput},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "yolov5s.wts")
			require.NoError(t, os.WriteFile(path, []byte(c.content), 0o600))
			for format, kind := range map[load.Format]fault.Kind{load.Any: c.kind, load.WTS: fault.BadInput} {
				_, err := load.OpenWith(path, load.Options{Format: format})
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, path)
				require.Equal(t, kind, fault.Of(err))
				var e *weights.Error
				require.ErrorAs(t, err, &e)
				require.NotEmpty(t, e.Next)
			}
		})
	}
}

func TestUnreadablePaths(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"resnet50.wts", "resnet50.pth", "notes.txt", "lenet5.wts", "zebra.md"} {
		require.NoError(t, os.WriteFile(name, []byte("1\n"), 0o600))
	}
	require.NoError(t, os.Mkdir("folder", 0o700))
	for _, c := range []struct{ name, path, want string }{
		{"none", "", ": no file name given; name the weight file"},
		{"misspelt", "resnet-50.wts", "resnet-50.wts: file does not exist (working directory " + dir + "); did you mean resnet50.wts, "},
		{"other extension", filepath.Join(dir, "lenet5.pth"), "lenet5.pth: file does not exist; did you mean " + filepath.Join(dir, "lenet5.wts")},
		{"no folder", "models/a.wts", "there is no folder models either"},
		{"folder", "folder", "folder: is a directory; name the weight file inside it"},
		{"file as a folder", "notes.txt/a.wts", "notes.txt/a.wts: cannot be opened: not a directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load.Open(c.path)
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "zebra")
			require.Equal(t, fault.BadInput, fault.Of(err))
			require.Equal(t, 1, strings.Count(err.Error(), c.path+":"), "%v", err)
		})
	}
}

func TestDigest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	content := bytes.Repeat([]byte("weights"), 100_000)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	got, err := load.Digest(context.Background(), path)
	require.NoError(t, err)
	require.Equal(t, sha256.Sum256(content), got)

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = load.Digest(ctx, path)
	require.ErrorIs(t, err, context.Canceled)
	_, err = load.Digest(context.Background(), path+"x")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestEveryFormat opens one file of each format, and tells it from what it was
// said to be.
func TestEveryFormat(t *testing.T) {
	for path, want := range map[string]struct {
		is   load.Format
		name string
	}{
		"../wts/testdata/a1.wts":                                       {load.WTS, "wts"},
		"../wts/testdata/c.wts2":                                       {load.WTS, "wts"},
		"../wts/testdata/b.wts.zst":                                    {load.WTS, "wts"},
		"../wts/testdata/a1.wts.gz":                                    {load.WTS, "wts"},
		"../torch/testdata/torch-2.15/ema_dicts.pth":                   {load.PyTorch, "torch-zip"},
		"../torch/testdata/torch-1.13/archive.tar":                     {load.PyTorch, "torch-tar"},
		"../torch/testdata/torch-1.13/legacy.pth":                      {load.PyTorch, "torch-legacy"},
		"../torch/testdata/torch-2.15/script.pt":                       {load.PyTorch, "torch"},
		"../npz/testdata/types.npz":                                    {load.NumPy, "npz"},
		"../npz/testdata/lone.npy":                                     {load.NumPy, "npy"},
		"../onnx/testdata/torch.onnx":                                  {load.ONNX, "onnx"},
		"../caffe/testdata/v0.caffemodel":                              {load.Caffe, "caffe"},
		"../caffe/testdata/v1.caffemodel":                              {load.Caffe, "caffe"},
		"../caffe/testdata/current.caffemodel":                         {load.Caffe, "caffe"},
		"../safetensors/testdata/network.safetensors":                  {load.SafeTensors, "safetensors"},
		"../safetensors/testdata/sharded/model.safetensors.index.json": {load.SafeTensors, "safetensors"},
	} {
		t.Run(path, func(t *testing.T) {
			for format := load.Any; format <= load.NumPy; format++ {
				m, err := load.OpenWith(path, load.Options{Format: format})
				if format != load.Any && format != want.is {
					require.Nil(t, m)
					require.ErrorContains(t, err, "expected "+format.String()+", found ")
					require.Equal(t, fault.BadInput, fault.Of(err))
					continue
				}
				require.NoError(t, err)
				require.Contains(t, m.Format(), want.name)
				require.NotEmpty(t, m.Names())
				require.NoError(t, m.Close())
			}
			if want.is != load.PyTorch {
				_, err := load.OpenWith(path, load.Options{Key: "ema"})
				require.ErrorContains(t, err, "leave the key out")
			}
		})
	}
}
