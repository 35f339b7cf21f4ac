package onnx

import (
	"errors"
	"fmt"
	"path/filepath"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
	"github.com/trtbuild/trtbuild/weights/internal/wire"
)

// Fields of TensorProto.
const (
	fieldDims         = 1
	fieldType         = 2
	fieldSegment      = 3
	fieldFloats       = 4
	fieldInt32s       = 5
	fieldStrings      = 6
	fieldInt64s       = 7
	fieldName         = 8
	fieldRaw          = 9
	fieldDoubles      = 10
	fieldUint64s      = 11
	fieldExternal     = 13
	fieldDataLocation = 14
)

// tensorProto is what a TensorProto says, without its values.
type tensorProto struct {
	at       int64
	name     string
	dims     []int64
	dataType int64
	segment  bool
	raw      *wire.Span
	typed    [len(typedFields)]wire.Values
	outside  bool
	external location
}

// initializer lists an initializer. Errors name it.
func (w *walker) initializer(f wire.Field, path string) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	t, err := w.tensor(m)
	if err == nil && t.name == "" {
		err = w.Errorf(f.Offset, fmt.Sprintf("initializer at byte %d", f.Offset), "a name", "none")
	}
	if err != nil {
		return named(err, path+w.nameOf(m))
	}
	return named(w.list(t, path+t.name, weights.RoleByName(t.name)), path+t.name)
}

// constant lists the value of a Constant node. What cannot be read is left out
// with a warning: it is rarely a weight.
func (w *walker) constant(f wire.Field, name string) error {
	m, err := w.Message(f)
	if err != nil {
		return err
	}
	t, err := w.tensor(m)
	if err == nil {
		err = w.list(t, name, weights.Buffer)
	}
	if err != nil && fault.Of(err) == fault.Unsupported {
		w.warn("constant %q is not listed: it holds %s", name, typeName(t.dataType))
		return nil
	}
	return named(err, name)
}

// named sets the tensor of an error that knows none.
func named(err error, name string) error {
	var e *weights.Error
	if errors.As(err, &e) && e.Tensor == "" {
		e.Tensor = name
	}
	return err
}

// nameOf returns the name of a tensor as far as it can be found.
func (w *walker) nameOf(m wire.Span) string {
	name, _ := w.nameIn(m, fieldName)
	return name
}

// tensor reads a TensorProto.
func (w *walker) tensor(m wire.Span) (tensorProto, error) {
	t := tensorProto{at: m.Start, dims: []int64{}}
	for i, in := range typedFields {
		t.typed[i] = wire.NewValues(in.number, in.element, m)
	}
	for f, err := range w.Fields(m) {
		if err != nil {
			return t, err
		}
		switch f.Number {
		case fieldDims:
			t.dims, err = w.Ints(t.dims, f, maxRank, "dimensions")
		case fieldType:
			t.dataType, err = w.Int(f)
		case fieldName:
			t.name, err = w.Text(f, maxName)
		case fieldSegment:
			t.segment = true
		case fieldRaw:
			var s wire.Span
			s, err = w.Message(f)
			t.raw = &s
		case fieldDataLocation:
			var n int64
			n, err = w.Int(f)
			t.outside = n == 1
		case fieldExternal:
			err = w.externalEntry(f, &t.external)
		default:
			for i := range typedFields {
				if typedFields[i].number == f.Number {
					err = t.typed[i].Add(w.Reader, f)
				}
			}
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// list checks that the values are there and lists the tensor.
func (w *walker) list(t tensorProto, name string, role weights.Role) error {
	if len(name) > maxName {
		return w.Errorf(t.at, "path of nested graphs", fmt.Sprintf("at most %d bytes", maxName), "%d", len(name))
	}
	if err := w.refuse(t); err != nil {
		return err
	}
	in := types[t.dataType]
	count, ok := wire.Elements(t.dims)
	if !ok {
		return w.Errorf(t.at, "", "a shape", "%d", t.dims)
	}
	tensor := &weights.Tensor{Name: name, Type: in.dtype, Shape: t.dims, Count: count, Role: role, File: filepath.Base(w.name)}
	if !in.dtype.IsFloat() && !in.dtype.IsComplex() {
		tensor.Role = weights.Buffer
	}
	place := w.inside
	if t.outside {
		place = w.outside
	}
	if err := place(t, tensor); err != nil {
		return err
	}
	return w.add(tensor, t.at)
}

// refuse returns an error for tensors that are valid but not read here.
func (w *walker) refuse(t tensorProto) error {
	bad := func(expected, found, next string) error {
		return &weights.Error{Kind: fault.Unsupported, File: w.name, Offset: t.at, Expected: expected, Found: found, Next: next}
	}
	switch {
	case t.segment:
		return bad("a whole tensor", "a segment of one", "export the model without segments")
	case t.dataType == typeString:
		return bad("numbers", "strings", "remove the tensor from the model")
	case t.dataType <= 0 || t.dataType >= int64(len(types)):
		return w.Errorf(t.at, "element type", fmt.Sprintf("1 to %d", len(types)-1), "%d", t.dataType)
	case types[t.dataType].dtype == dtype.Invalid:
		return bad("elements of at least a byte", typeName(t.dataType), "export the model without 4-bit and 2-bit quantisation")
	}
	return nil
}

// inside finds the values in the model's own file. Exactly one field has them.
func (w *walker) inside(t tensorProto, tensor *weights.Tensor) error {
	in, size := types[t.dataType], int64(tensor.Type.Size())
	filled := ""
	for i, field := range typedFields {
		values := &t.typed[i]
		switch {
		case values.Count == 0:
			continue
		case t.raw != nil:
			return w.Errorf(t.at, "values", "one field", "raw_data and %s", field.name)
		case field.number != in.field:
			return w.Errorf(t.at, "values", "a field for "+in.name, "%s", field.name)
		}
		filled = field.name
		per := int64(1)
		if tensor.Type.IsComplex() {
			per = 2
		}
		if values.Count != per*tensor.Count {
			return w.Errorf(t.at, filled, fmt.Sprintf("%d values for shape %v", per*tensor.Count, t.dims), "%d", values.Count)
		}
		tensor.Offset, tensor.Source = values.Start, raw.Source{R: w.r}
		if !values.Contiguous() {
			tensor.Source = &wire.Source{R: w.r, Size: w.size, File: w.name, Values: *values, PerElement: per}
		}
	}
	switch {
	case filled != "":
		return nil
	case t.raw == nil && tensor.Count > 0:
		return w.Errorf(t.at, "values", fmt.Sprintf("%d for shape %v", tensor.Count, t.dims), "none")
	case t.raw == nil:
		tensor.Offset, tensor.Source = t.at, raw.Source{R: w.r}
		return nil
	case t.raw.Len() != size*tensor.Count:
		return w.Errorf(t.raw.Start, "raw_data", fmt.Sprintf("%d bytes for shape %v of %s", size*tensor.Count, t.dims, in.name), "%d", t.raw.Len())
	}
	tensor.Offset, tensor.Source = t.raw.Start, raw.Source{R: w.r}
	return nil
}

// externalEntry reads one pair of external_data. Keys that are not known say
// nothing about where the values are.
func (w *walker) externalEntry(f wire.Field, l *location) error {
	key, value, err := w.entry(f, maxName, maxName)
	if err != nil {
		return err
	}
	switch key {
	case "location":
		l.path = value
	case "offset":
		l.offset = value
	case "length":
		l.length = value
	case "checksum":
		l.checksum = value
	}
	return nil
}

// entry reads a StringStringEntryProto.
func (w *walker) entry(f wire.Field, maxKey, maxValue int64) (key, value string, err error) {
	m, err := w.Message(f)
	if err != nil {
		return "", "", err
	}
	for f, err := range w.Fields(m) {
		if err == nil {
			switch f.Number {
			case 1:
				key, err = w.Text(f, maxKey)
			case protowire.Number(2):
				value, err = w.Text(f, maxValue)
			}
		}
		if err != nil {
			return "", "", err
		}
	}
	return key, value, nil
}
