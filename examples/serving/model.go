package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/plan"
)

// model is an opened engine and how its images are prepared.
type model struct {
	engine        trt.Engine
	input         string
	recipe        preprocess.Recipe
	height, width int
}

// load opens the engine and reads from its manifest what it takes.
func load(ctx context.Context, b trt.Backend, path string) (*model, error) {
	text, err := os.ReadFile(plan.ManifestPath(path))
	if err != nil {
		return nil, err
	}
	manifest, err := plan.DecodeManifest(text)
	if err != nil {
		return nil, err
	}
	if len(manifest.Inputs) != 1 {
		return nil, fmt.Errorf("%s has %d inputs; one image is served", path, len(manifest.Inputs))
	}
	in := manifest.Inputs[0]
	m := &model{input: in.Name}
	if err := json.Unmarshal(in.Preprocessing, &m.recipe); err != nil {
		return nil, err
	}
	dims := in.Dims
	if len(in.Profiles) > 0 {
		dims = in.Profiles[0].Opt
	}
	if len(dims) != 4 {
		return nil, fmt.Errorf("%s takes %v; an image has 4 dimensions", path, dims)
	}
	m.height, m.width = int(dims[2]), int(dims[3])

	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return nil, err
	}
	m.engine, err = b.Open(ctx, file, st.Size())
	return m, err
}

// Close releases the engine.
func (m *model) Close() error { return m.engine.Close() }

// maxUpload bounds the file; the decoder bounds the pixels.
const maxUpload = 32 << 20

// output is a tensor of the answer, by name.
type output struct {
	Shape  trt.Dims  `json:"shape"`
	Values []float32 `json:"values"`
}

// ServeHTTP answers one image. Requests run at the same time.
func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST an image", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		http.Error(w, err.Error(), status(err))
		return
	}
	answer, err := m.run(r.Context(), body)
	if err != nil {
		http.Error(w, err.Error(), status(err))
		return
	}
	text, err := json.Marshal(answer)
	if err != nil { // JSON has no NaN and no infinities
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // the client has gone
}

func (m *model) run(ctx context.Context, body []byte) (map[string]output, error) {
	image, err := preprocess.Decode(bytes.NewReader(body), int64(len(body)), preprocess.Options{})
	if err != nil {
		return nil, err
	}
	x, err := m.recipe.Batch([]*preprocess.Image{image}, m.height, m.width)
	if err != nil {
		return nil, err
	}
	values, err := m.engine.Run(ctx, map[string]*trt.Value{m.input: x})
	if err != nil {
		return nil, err
	}
	answer := map[string]output{}
	for name, v := range values {
		answer[name] = output{v.Dims, v.Floats}
	}
	return answer, nil
}

// status turns the kind of an error into the status of the answer.
func status(err error) int {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return http.StatusRequestEntityTooLarge
	}
	switch builder.Kind(err) {
	case builder.BadInput:
		return http.StatusBadRequest
	case builder.Unsupported:
		return http.StatusUnsupportedMediaType
	case builder.Resources:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}
