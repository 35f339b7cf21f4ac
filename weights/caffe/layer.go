package caffe

import (
	"errors"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Fields of NetParameter.
const (
	netName    = 1
	netV1Layer = 2
	netLayer   = 100
)

// generation is a form that layers have had.
type generation uint8

const (
	current generation = iota
	v1
	v0
)

func (g generation) String() string {
	return [...]string{"caffe", "caffe-v1", "caffe-v0"}[g]
}

// numbers are the fields of the layer message of each generation.
var numbers = [...]struct{ name, kind, blobs protowire.Number }{
	current: {1, 2, 7},
	v1:      {4, 5, 6},
	v0:      {1, 2, 50},
}

// v1Nested is the field of a V1 layer that holds a V0 one.
const v1Nested = 1

// What a model may have at most, far beyond any that exists: these bound the
// memory that a file can ask for.
const (
	maxLayers = 1 << 18
	maxBlobs  = 1 << 18
	maxName   = 16 << 10 // bytes
	maxRank   = 32       // Caffe's kMaxBlobAxes
)

// walker indexes a model.
type walker struct {
	*File
	*wire.Reader
}

// model walks a NetParameter.
func (w *walker) model() error {
	found := [2]bool{}
	for f, err := range w.Fields(w.All()) {
		if err != nil {
			return err
		}
		switch f.Number {
		case netName:
			w.net, err = w.Text(f, maxName)
		case netV1Layer:
			found[v1] = true
			err = w.v1Layer(f)
		case netLayer:
			found[current] = true
			err = w.layer(f, current)
		}
		if err == nil && found[current] && found[v1] {
			err = w.Errorf(f.Offset, "layers", "one generation of the format", "two at byte %d", f.Offset)
		}
		if err != nil {
			return err
		}
	}
	if len(w.layers) == 0 {
		return w.Errorf(w.size, "", "layers", "none")
	}
	return nil
}

// v1Layer reads a V1 layer, or the V0 layer that it holds.
func (w *walker) v1Layer(f wire.Field) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	var nested *wire.Field
	blobs := false
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch f.Number {
		case v1Nested:
			if nested != nil {
				return w.Errorf(f.Offset, "layer of V0", "one", "a second at byte %d", f.Offset)
			}
			nested = &f
		case numbers[v1].blobs:
			blobs = true
		}
	}
	switch {
	case nested == nil:
		w.form = max(w.form, v1)
		return w.layer(f, v1)
	case blobs:
		return w.Errorf(f.Offset, "layer", "blobs of one generation", "those of V0 and V1 at byte %d", f.Offset)
	}
	w.form = v0
	return w.layer(*nested, v0)
}

// layer lists the blobs of a layer. It goes over it twice, because blobs may
// come before the layer's name.
func (w *walker) layer(f wire.Field, g generation) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	if len(w.layers) >= maxLayers {
		return w.Errorf(f.Offset, "", fmt.Sprintf("at most %d layers", maxLayers), "more")
	}
	at := numbers[g]
	var l Layer
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch f.Number {
		case at.name:
			l.Name, err = w.Text(f, maxName)
		case at.kind:
			l.Type, err = w.kind(f, g)
		}
		if err != nil {
			return err
		}
	}
	w.layers = append(w.layers, l)
	if l.Name == "" {
		l.Name = "layer" + strconv.Itoa(len(w.layers)-1)
	}
	blobs := 0
	for f, err := range w.Fields(m) {
		if err == nil && f.Number == at.blobs {
			name := blobName(l.Name, l.Type, blobs)
			err = named(w.blob(f, name, l.Type), name)
			blobs++
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// kind reads the type of a layer.
func (w *walker) kind(f wire.Field, g generation) (string, error) {
	if g == v1 {
		n, err := w.Int(f)
		if err != nil {
			return "", err
		}
		if name, ok := v1Types[n]; ok {
			return name, nil
		}
		return strconv.FormatInt(n, 10), nil
	}
	name, err := w.Text(f, maxName)
	if today, ok := v0Types[name]; ok && g == v0 {
		name = today
	}
	return name, err
}

// named sets the tensor of an error.
func named(err error, name string) error {
	var e *weights.Error
	if errors.As(err, &e) {
		e.Tensor = name
	}
	return err
}
