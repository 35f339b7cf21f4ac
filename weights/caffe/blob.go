package caffe

import (
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Fields of BlobProto and BlobShape.
const (
	blobNum     = 1 // then channels, height, width
	blobWidth   = 4
	blobData    = 5
	blobShape   = 7
	blobDoubles = 8
	// NVIDIA's fork (0.16 and later) stores values of any type as bytes.
	blobRawType = 10
	blobRaw     = 12

	shapeDim = 1
)

// blob lists a blob.
func (w *walker) blob(f wire.Field, name, layerType string) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	floats := wire.NewValues(blobData, protowire.Fixed32Type, m)
	doubles := wire.NewValues(blobDoubles, protowire.Fixed64Type, m)
	shape := []int64{}
	legacy, isLegacy := [4]int64{}, false
	var rawData wire.Span
	rawType := int64(-1)
	for f, err := range w.Fields(m) {
		if err != nil {
			return err
		}
		switch {
		case f.Number >= blobNum && f.Number <= blobWidth:
			isLegacy = true
			legacy[f.Number-blobNum], err = w.Int(f)
		case f.Number == blobData:
			err = floats.Add(w.Reader, f)
		case f.Number == blobDoubles:
			err = doubles.Add(w.Reader, f)
		case f.Number == blobShape:
			shape, err = w.shape(f, shape)
		case f.Number == blobRawType:
			rawType, err = w.Int(f)
		case f.Number == blobRaw:
			rawData, err = w.Message(f)
		}
		if err != nil {
			return err
		}
	}
	if isLegacy { // Caffe prefers these, too
		shape = legacy[:]
	}
	t := &weights.Tensor{Name: name, Type: dtype.Float32, Shape: shape, Role: role(name, layerType), File: w.base, Source: raw.Source{R: w.r}}
	var ok bool
	if t.Count, ok = elements(shape); !ok {
		return w.Errorf(f.Offset, "", "a shape", "%d", shape)
	}
	values := floats
	if doubles.Count > 0 {
		t.Type, values = dtype.Float64, doubles
	}
	if values.Count == 0 && rawData.Len() > 0 {
		if err := w.rawData(t, rawType, rawData); err != nil {
			return err
		}
		return w.add(t, f.Offset)
	}
	if t.Count != values.Count {
		return w.Errorf(f.Offset, fmt.Sprintf("blob at byte %d", f.Offset), fmt.Sprintf("%d values for shape %v", t.Count, shape), "%d", values.Count)
	}
	t.Offset = values.Start
	switch {
	case t.Count == 0:
		t.Offset = f.Offset
	case !values.Contiguous():
		t.Source = &wire.Source{R: w.r, Size: w.size, File: w.name, Values: values, PerElement: 1}
	}
	return w.add(t, f.Offset)
}

// rawTypes are the values of Type in caffe.proto of NVIDIA's fork that it can
// train with.
var rawTypes = [...]dtype.Type{dtype.Float64, dtype.Float32, dtype.Float16}

// rawData takes the values of a tensor from raw_data.
func (w *walker) rawData(t *weights.Tensor, kind int64, data wire.Span) error {
	if kind < 0 || kind >= int64(len(rawTypes)) {
		return &weights.Error{
			Kind: fault.Unsupported, File: w.name, Offset: data.Start, Expected: "floating-point values",
			Found: fmt.Sprintf("raw_data of type %d", kind), Next: "store the model as float with the program that wrote it",
		}
	}
	t.Type, t.Offset = rawTypes[kind], data.Start
	if need := t.Count * int64(t.Type.Size()); need != data.Len() {
		return w.Errorf(data.Start, "raw_data", fmt.Sprintf("%d bytes for shape %v of %v", need, t.Shape, t.Type), "%d", data.Len())
	}
	return nil
}

// elements is wire.Elements for Caffe, whose dimensions are 32-bit integers.
func elements(shape []int64) (int64, bool) {
	for _, d := range shape {
		if d > math.MaxInt32 {
			return 0, false
		}
	}
	return wire.Elements(shape)
}

// shape appends what a BlobShape says.
func (w *walker) shape(f wire.Field, shape []int64) ([]int64, error) {
	m, err := w.Message(f)
	if err != nil {
		return nil, err
	}
	for f, err := range w.Fields(m) {
		if err == nil && f.Number == shapeDim {
			shape, err = w.Ints(shape, f, maxRank, "dimensions")
		}
		if err != nil {
			return nil, err
		}
	}
	return shape, nil
}

// role tells what training only updates: the statistics of BatchNorm.
func role(name, layerType string) weights.Role {
	if layerType == "BatchNorm" && !strings.HasSuffix(name, ".weight") && !strings.HasSuffix(name, ".bias") {
		return weights.Buffer
	}
	return weights.Parameter
}

// add lists a tensor.
func (w *walker) add(t *weights.Tensor, at int64) error {
	if len(w.names) >= maxBlobs {
		return w.Errorf(at, "", fmt.Sprintf("at most %d blobs", maxBlobs), "more")
	}
	if _, twice := w.tensors[t.Name]; twice {
		e := w.Errorf(at, fmt.Sprintf("comes a second time at byte %d", at), "", "")
		e.Next = "two layers have the same name: rename one in the model and its prototxt"
		return e
	}
	if err := w.Keep(t.Name, at); err != nil {
		return err
	}
	w.names = append(w.names, t.Name)
	w.tensors[t.Name] = t
	return nil
}
