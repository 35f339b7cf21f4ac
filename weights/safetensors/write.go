package safetensors

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

// Tensor is one tensor to be written.
type Tensor struct {
	Name  string
	Type  dtype.Type // to be written
	Shape []int64    // empty: a scalar
	// Values yields the elements in row-major order. A *weights.Tensor of the
	// same Type is copied as it is stored; anything else is rounded to Type,
	// which must then be Float32, Float16 or BFloat16.
	Values weights.Values
}

// Write writes a file of the tensors, a chunk at a time, so that memory does not
// depend on their size. The header has them in the given order. Their values
// lie by descending element size, else in that order: each tensor is then
// aligned to its elements, which readers that map the file into memory rely on.
//
// What the format cannot express is an error before anything is written. Errors
// of Values and of w are returned as they are.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	order := slices.Clone(tensors)
	slices.SortStableFunc(order, func(a, b Tensor) int { return cmp.Compare(b.Type.Size(), a.Type.Size()) })
	begins, err := layout(order)
	if err != nil {
		return err
	}
	head, err := encodeHeader(tensors, begins, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	c := &copier{w: w}
	for i := range order {
		if err := c.tensor(&order[i]); err != nil {
			return err
		}
	}
	return nil
}

// layout returns where each tensor's values begin, when they lie in order.
func layout(order []Tensor) (map[string]int64, error) {
	begins := make(map[string]int64, len(order))
	end := int64(0)
	for _, t := range order {
		if _, twice := begins[t.Name]; twice {
			return nil, fault.New(fault.BadInput, "write each tensor once", "tensor %q comes twice", t.Name)
		}
		if t.Name == metadataKey || !utf8.ValidString(t.Name) {
			return nil, fault.New(fault.Unsupported, "rename the tensor", "tensor name %q cannot be written to a safetensors file", t.Name)
		}
		if _, ok := typeName(t.Type); !ok {
			return nil, fault.New(fault.Unsupported, "leave the tensor out", "tensor %q is of type %v, which safetensors files do not have", t.Name, t.Type)
		}
		for _, e := range t.Shape {
			if e < 0 {
				return nil, fmt.Errorf("tensor %q has shape %v", t.Name, t.Shape)
			}
		}
		n, ok := elements(t.Shape, t.Type)
		bytes := n * int64(t.Type.Size())
		if !ok || len(t.Shape) > maxRank || bytes > math.MaxInt64-end {
			return nil, fault.New(fault.Unsupported, "leave the tensor out", "tensor %q of shape %v is too large for a file", t.Name, t.Shape)
		}
		stored, ok := t.Values.(*weights.Tensor)
		switch {
		case ok && stored.Count != n:
			return nil, fmt.Errorf("tensor %q of shape %v has %d elements, not %d", t.Name, t.Shape, n, stored.Count)
		case ok && stored.Type == t.Type:
		case t.Type != dtype.Float32 && t.Type != dtype.Float16 && t.Type != dtype.BFloat16:
			return nil, fault.New(fault.Unsupported, "write it as it is stored, or as float32", "tensor %q cannot be converted to %v", t.Name, t.Type)
		}
		begins[t.Name] = end
		end += bytes
	}
	return begins, nil
}

// encodeHeader returns the length and the text of a header. It is padded with
// blanks to a multiple of eight, as the reference implementation does, for the
// values to be aligned.
func encodeHeader(tensors []Tensor, begins map[string]int64, metadata map[string]string) ([]byte, error) {
	b := append(make([]byte, lengthLen), '{')
	if metadata != nil {
		b = append(appendString(b, metadataKey), ':', '{')
		for _, key := range slices.Sorted(maps.Keys(metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(metadata[key]) {
				return nil, fault.New(fault.Unsupported, "leave it out", "metadata %q: %q cannot be written: it is not UTF-8", key, metadata[key])
			}
			b = append(appendString(b, key), ':')
			b = append(appendString(b, metadata[key]), ',')
		}
		b = append(trimComma(b), '}', ',')
	}
	for _, t := range tensors {
		name, _ := typeName(t.Type)
		b = append(appendString(b, t.Name), `:{"dtype":"`+name+`","shape":[`...)
		for _, e := range t.Shape {
			b = append(strconv.AppendInt(b, e, 10), ',')
		}
		n, _ := elements(t.Shape, t.Type)
		begin := begins[t.Name]
		b = append(trimComma(b), `],"data_offsets":[`...)
		b = append(strconv.AppendInt(b, begin, 10), ',')
		b = append(strconv.AppendInt(b, begin+n*int64(t.Type.Size()), 10), ']', '}', ',')
	}
	b = append(trimComma(b), '}')
	for len(b)%8 != 0 {
		b = append(b, ' ')
	}
	if len(b)-lengthLen > maxHeader {
		return nil, fault.New(fault.Unsupported, "write fewer tensors or less metadata", "the header would take %d bytes, more than the %d that readers take", len(b)-lengthLen, maxHeader)
	}
	binary.LittleEndian.PutUint64(b, uint64(len(b)-lengthLen))
	return b, nil
}

func trimComma(b []byte) []byte {
	if b[len(b)-1] == ',' {
		return b[:len(b)-1]
	}
	return b
}

// appendString appends a JSON string as serde_json writes it, so that files are
// those of the reference implementation byte for byte.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0 // of what needs no escapes
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(append(b, s[start:i]...), '\\')
		start = i + 1
		switch {
		case c >= ' ':
			b = append(b, c)
		case c >= '\b' && c <= '\r' && c != '\v':
			b = append(b, "btn-fr"[c-'\b'])
		default:
			b = append(b, 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	return append(append(b, s[start:]...), '"')
}

// copier writes values with buffers it keeps.
type copier struct {
	w      io.Writer
	raw    []byte
	values []float32
	halves []uint16
}

// tensor writes the values of one tensor.
func (c *copier) tensor(t *Tensor) error {
	count, _ := elements(t.Shape, t.Type)
	stored, ok := t.Values.(*weights.Tensor)
	same := ok && stored.Type == t.Type
	size := int64(t.Type.Size())
	for from := int64(0); from < count; {
		n := min(count-from, weights.ChunkLen)
		c.raw = slices.Grow(c.raw[:0], int(n*size))[:n*size]
		var err error
		if same {
			err = stored.ReadRaw(c.raw, from)
		} else {
			c.values = slices.Grow(c.values[:0], int(n))[:n]
			if err = t.Values.ReadFloat32(c.values, from); err == nil {
				c.round(t.Type)
			}
		}
		if err != nil {
			return err
		}
		if _, err := c.w.Write(c.raw); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// round makes raw the values, rounded to nearest even.
func (c *copier) round(to dtype.Type) {
	if to == dtype.Float32 {
		for i, v := range c.values {
			binary.LittleEndian.PutUint32(c.raw[4*i:], math.Float32bits(v))
		}
		return
	}
	c.halves = slices.Grow(c.halves[:0], len(c.values))[:len(c.values)]
	if to == dtype.Float16 {
		half.ToFloat16s(c.halves, c.values)
	} else {
		half.ToBFloat16s(c.halves, c.values)
	}
	for i, h := range c.halves {
		binary.LittleEndian.PutUint16(c.raw[2*i:], h)
	}
}
