package safetensors

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

const (
	lengthLen = 8
	// maxHeader is the reference implementation's limit.
	maxHeader = 100_000_000
	// maxRank is that of NumPy and PyTorch.
	maxRank = 64

	metadataKey = "__metadata__"
)

// header reads the JSON of a file whose values begin at data, and take the given
// number of bytes.
func (f *File) header(text []byte, data, size int64) error {
	s := &scanner{file: f.name, base: lengthLen, text: text}
	err := s.object("header", func(key string, at int) error {
		if key == metadataKey {
			return f.readMetadata(s, at)
		}
		s.tensor = key
		if f.tensors[key] != nil {
			return s.wrong(at, "name", "each tensor once", "it a second time")
		}
		t, err := f.readTensor(s, key, at)
		if err != nil {
			return err
		}
		s.tensor = ""
		f.names = append(f.names, key)
		f.tensors[key] = t
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return f.covered(data, size)
}

// readMetadata reads the free-form part of a header.
func (f *File) readMetadata(s *scanner, at int) error {
	if f.metadata != nil {
		return s.wrong(at, "header", metadataKey+" once", "it a second time")
	}
	f.metadata = map[string]any{}
	return s.object(metadataKey, func(key string, at int) error {
		if _, twice := f.metadata[key]; twice {
			return s.wrong(at, metadataKey, "each key once", fmt.Sprintf("%q a second time", key))
		}
		v, err := s.str(fmt.Sprintf("%s: value of %q", metadataKey, key))
		f.metadata[key] = v
		return err
	})
}

// readTensor reads the description of one tensor. Its offset is as the header
// has it, from where the values begin.
func (f *File) readTensor(s *scanner, name string, at int) (*weights.Tensor, error) {
	var (
		typ            dtype.Type
		shape, offsets []int64
	)
	err := s.object("description", func(key string, at int) error {
		var (
			err   error
			twice bool
		)
		switch key {
		case "dtype":
			twice = typ != dtype.Invalid
			typ, err = s.dtype()
		case "shape":
			twice = shape != nil
			shape, err = s.numbers(key, maxRank)
		case "data_offsets":
			twice = offsets != nil
			offsets, err = s.numbers(key, 2)
		default:
			return s.wrong(at, "description", "dtype, shape and data_offsets", fmt.Sprintf("%q", key))
		}
		if err == nil && twice {
			return s.wrong(at, "description", key+" once", "it a second time")
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if typ == dtype.Invalid || shape == nil || len(offsets) != 2 {
		return nil, s.wrong(at, "description", "dtype, shape and two data_offsets", "less")
	}
	count, ok := elements(shape, typ)
	if !ok {
		return nil, s.wrong(at, "description", "a size that 63 bits hold", fmt.Sprintf("shape %v of %v", shape, typ))
	}
	begin, end := offsets[0], offsets[1]
	if bytes := count * int64(typ.Size()); end < begin || end-begin != bytes {
		return nil, s.wrong(at, "description",
			fmt.Sprintf("data_offsets %d bytes apart for shape %v of %v", bytes, shape, typ), fmt.Sprintf("%v", offsets))
	}
	return &weights.Tensor{
		Name: name, Type: typ, Shape: shape, Count: count, Role: weights.RoleByName(name),
		File: filepath.Base(f.name), Offset: begin, Source: f.source,
	}, nil
}

// dtype reads the name of an element type.
func (s *scanner) dtype() (dtype.Type, error) {
	s.peek()
	at := s.at
	name, err := s.str("dtype")
	if err != nil {
		return dtype.Invalid, err
	}
	t, ok := types[name]
	if !ok {
		return dtype.Invalid, &weights.Error{
			Kind: fault.Unsupported, File: s.file, Offset: s.base + int64(at), Tensor: s.tensor,
			Problem:  fmt.Sprintf("dtype at byte %d", s.base+int64(at)),
			Expected: "a type of whole bytes, such as F32, F16 or BF16", Found: fmt.Sprintf("%q", name),
			Next: "convert it where the file was written",
		}
	}
	return t, nil
}

// elements returns the product of a shape, if its size in bytes can be had.
func elements(shape []int64, t dtype.Type) (int64, bool) {
	if slices.Contains(shape, 0) {
		return 0, true
	}
	n := int64(1)
	for _, e := range shape {
		if n > math.MaxInt64/int64(t.Size())/e {
			return 0, false
		}
		n *= e
	}
	return n, true
}

// covered checks that the tensors lie one behind the other and fill the file,
// and turns their offsets into those of the file.
func (f *File) covered(data, size int64) error {
	order := make([]*weights.Tensor, len(f.names))
	for i, name := range f.names {
		order[i] = f.tensors[name]
	}
	slices.SortStableFunc(order, func(a, b *weights.Tensor) int {
		return cmp.Or(cmp.Compare(a.Offset, b.Offset), cmp.Compare(min(a.Count, 1), min(b.Count, 1))) // empty ones first
	})
	bad := func(t *weights.Tensor, at int64, expected, found string) error {
		e := &weights.Error{Kind: fault.BadInput, File: f.name, Offset: data + at, Expected: expected, Found: found, Next: damaged}
		if t != nil {
			e.Tensor = t.Name
		}
		return e
	}
	end, last := int64(0), "the header"
	for _, t := range order {
		if t.Offset != end {
			return bad(t, end, fmt.Sprintf("its values at offset %d, behind those of %s", end, last), fmt.Sprintf("offset %d", t.Offset))
		}
		n := t.Count * int64(t.Type.Size())
		if n > size-end {
			return bad(t, size, fmt.Sprintf("%d bytes of values", n), fmt.Sprintf("%d before the file ends, at byte %d", size-end, data+size))
		}
		t.Offset, end, last = data+end, end+n, fmt.Sprintf("%q", t.Name)
	}
	if end != size {
		return bad(nil, end, fmt.Sprintf("the file to end at byte %d, behind the values of %s", data+end, last), fmt.Sprintf("%d more bytes", size-end))
	}
	return nil
}
