package torch_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/torch"
)

// TestMetadata: what a checkpoint and the network in it say of themselves.
func TestMetadata(t *testing.T) {
	for _, version := range versions {
		f, err := torch.Open(filepath.Join("testdata", version, "ultralytics.pt"), torch.Options{})
		require.NoError(t, err)
		m := f.Metadata()
		require.Equal(t, map[string]any{"0": "person", "1": "bicycle", "2": "car"}, m["names"])
		require.Equal(t, []any{8.0, 16.0, 32.0}, m["stride"])
		require.Equal(t, int64(3), m["nc"])
		require.Equal(t, []any{1e-3}, m["bn_eps"])
		require.Equal(t, "detect", m["task"])
		require.Equal(t, map[string]any{"imgsz": int64(640), "data": "datasets/coco.yaml", "lr": "+Inf"}, m["args"])
		require.Equal(t, map[string]any{"imgsz": int64(640), "data": "coco.yaml", "lr0": 0.01}, m["train_args"])
		require.Equal(t, []any{[]any{int64(-1), int64(1), "Conv", []any{int64(64), int64(6), int64(2), int64(2)}}}, m["yaml"].(map[string]any)["backbone"])
		require.Equal(t, int64(-1), m["epoch"])
		require.Equal(t, "8.3.0", m["version"], "the checkpoint's own version goes before that of the archive")
		require.Equal(t, "3", m["archive_version"])
		require.Equal(t, "models.stand_in.Network", m["class"])
		require.NotContains(t, m, "model")
		require.NotContains(t, m, "ema")
		require.Empty(t, f.Warnings())
		require.NoError(t, f.Close())
	}
	f, err := torch.Open("testdata/torch-2.15/training.pth", torch.Options{})
	require.NoError(t, err)
	defer f.Close()
	m := f.Metadata()
	require.Equal(t, int64(7), m["epoch"])
	require.Equal(t, "NaN", m["best"])
	require.Equal(t, map[string]any{"lr": 0.1, "out": "runs/a"}, m["args"])
	require.NotContains(t, m, "optimizer")
	require.NotContains(t, m, "bn_eps", "a state dict has none")
	require.Equal(t, "little", m["byteorder"])
	require.Len(t, m["serialization_id"], 40)
}

// TestChoice: what was chosen is said, and what else there is.
func TestChoice(t *testing.T) {
	open := func(name, key string) (*torch.File, error) {
		f, err := torch.Open(filepath.Join("testdata/torch-2.15", name), torch.Options{Key: key})
		if err == nil {
			t.Cleanup(func() { f.Close() })
		}
		return f, err
	}
	f, err := open("both.pt", "")
	require.NoError(t, err)
	require.Equal(t, []string{"the weights are those of ema; the checkpoint also has model (--key model)"}, f.Warnings())
	f, err = open("ema_dicts.pth", "model")
	require.NoError(t, err)
	require.Equal(t, "model", f.Metadata()["key"])
	require.Empty(t, f.Warnings())

	_, err = open("by_key.pth", "")
	require.EqualError(t, err, "testdata/torch-2.15/by_key.pth: expected one set of weights, found several: generator, discriminator; name one by its key (--key generator)")
	_, err = open("by_key.pth", "gen")
	require.EqualError(t, err, "testdata/torch-2.15/by_key.pth: expected the key gen, found the keys generator, discriminator; name the right file, or the right key (--key)")
	_, err = open("training.pth", "epoch")
	require.EqualError(t, err, "testdata/torch-2.15/training.pth: expected tensors under the key epoch, found 7; name the right file, or the right key (--key)")

	p := newPickle().raw("}(").str("w").vector("FloatStorage", "0", 6).str("epoch").raw("K\x03").str("names").raw("]u").stop()
	content := pickled(t, p, record{"data/0", floats(6)})
	f, err = torch.Read(bytes.NewReader(content), int64(len(content)), "x.pth", torch.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"w"}, f.Names())
	require.Equal(t, []string{"entries that are no tensors were left out: epoch, names"}, f.Warnings())
}
