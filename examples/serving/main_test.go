package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/backend"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// lenet writes the mock engine of a generated LeNet-5 with its manifest.
func lenet(t *testing.T, b trt.Backend, r builder.Request) string {
	spec, err := zoo.Spec("lenet5", 0)
	require.NoError(t, err)
	values, err := checkpoint.New("lenet5", 1, spec)
	require.NoError(t, err)
	r.Weights = filepath.Join(t.TempDir(), "lenet5.wts")
	f, err := os.Create(r.Weights)
	require.NoError(t, err)
	w, err := wts.NewWriter(f, len(spec))
	require.NoError(t, err)
	for _, name := range values.Names() {
		tensor, _ := values.Tensor(name)
		require.NoError(t, w.Tensor(name, tensor.Count, tensor))
	}
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())

	path := r.EngineName(b.Name())
	var engine bytes.Buffer
	res, err := builder.Build(t.Context(), r, b, &engine)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, engine.Bytes(), 0o600))
	manifest, err := res.Manifest.Encode()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(plan.ManifestPath(path), manifest, 0o600))
	return path
}

func TestServing(t *testing.T) {
	b, err := backend.Open(t.Context(), "mock", backend.Options{})
	require.NoError(t, err)
	defer b.Close()
	for _, batch := range []zoo.Batch{{Min: 1, Opt: 1, Max: 1}, {Min: 1, Opt: 2, Max: 4}} {
		m, err := load(t.Context(), b, lenet(t, b, builder.Request{Network: zoo.Options{Batch: batch}}))
		require.NoError(t, err)
		server := httptest.NewServer(m)
		image, err := os.ReadFile("../../testdata/preprocess/wide_420.jpg")
		require.NoError(t, err)
		post := func(body []byte) (int, []byte) {
			r, err := http.Post(server.URL, "image/jpeg", bytes.NewReader(body))
			require.NoError(t, err)
			defer r.Body.Close()
			answer, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			return r.StatusCode, answer
		}

		code, first := post(image)
		require.Equal(t, http.StatusOK, code, "%s", first)
		var got map[string]output
		require.NoError(t, json.Unmarshal(first, &got))
		require.Equal(t, trt.Dims{1, 10}, got["prob"].Shape)
		require.Len(t, got["prob"].Values, 10)

		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				code, answer := post(image)
				if code != http.StatusOK || !bytes.Equal(answer, first) {
					t.Errorf("another answer, status %d", code)
				}
			})
		}
		all.Wait()

		code, text := post([]byte("GIF89a"))
		require.Equal(t, http.StatusUnsupportedMediaType, code, "%s", text)
		code, text = post(image[:200])
		require.Equal(t, http.StatusBadRequest, code, "%s", text)
		code, text = post(make([]byte, maxUpload+1))
		require.Equal(t, http.StatusRequestEntityTooLarge, code, "%s", text)
		server.Close()
		require.NoError(t, m.Close())
	}
}
