package caffe

import (
	"fmt"
	"math"

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
	// What forks add: NVCaffe's raw_data_type, raw_data_diff, raw_data.
	blobForkFirst = 10
	blobForkLast  = 13

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
	legacy, fork := [4]int64{}, false
	isLegacy := false
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
		case f.Number >= blobForkFirst && f.Number <= blobForkLast:
			fork = true
		}
		if err != nil {
			return err
		}
	}
	if isLegacy { // Caffe prefers these, too
		shape = legacy[:]
	}
	t := &weights.Tensor{Name: name, Type: dtype.Float32, Shape: shape, Role: role(layerType), File: w.base}
	values := floats
	if doubles.Count > 0 {
		t.Type, values = dtype.Float64, doubles
	}
	if fork && values.Count == 0 {
		return &weights.Error{
			Kind: fault.Unsupported, File: w.name, Offset: f.Offset, Expected: "float or double values",
			Found: "those of a fork of Caffe (raw_data)", Next: "store the model as float with the program that wrote it",
		}
	}
	var ok bool
	if t.Count, ok = elements(shape); !ok {
		return w.Errorf(f.Offset, "", "a shape", "%d", shape)
	}
	if t.Count != values.Count {
		return w.Errorf(f.Offset, fmt.Sprintf("blob at byte %d", f.Offset), fmt.Sprintf("%d values for shape %v", t.Count, shape), "%d", values.Count)
	}
	t.Offset, t.Source = values.Start, raw.Source{R: w.r}
	switch {
	case t.Count == 0:
		t.Offset = f.Offset
	case !values.Contiguous():
		t.Source = &wire.Source{R: w.r, Size: w.size, File: w.name, Values: values, PerElement: 1}
	}
	return w.add(t, f.Offset)
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
func role(layerType string) weights.Role {
	if layerType == "BatchNorm" {
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
	w.names = append(w.names, t.Name)
	w.tensors[t.Name] = t
	return nil
}
