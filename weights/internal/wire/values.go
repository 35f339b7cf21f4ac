package wire

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/trtbuild/trtbuild/weights"
)

// Values says where the elements of one repeated number of a message lie,
// packed, one by one, or both: protobuf allows any mixture.
type Values struct {
	Number protowire.Number
	Type   protowire.Type // of one element
	Count  int64
	Start  int64 // of the first element

	message Span
	runs    int
	marks   []place // of every weights.ChunkLen-th element
}

// place is where an element lies, in a run that ends at end.
type place struct{ at, end int64 }

// NewValues collects the elements of a field of a message.
func NewValues(number protowire.Number, element protowire.Type, message Span) Values {
	return Values{Number: number, Type: element, message: message}
}

// Contiguous reports whether all elements lie one after another in bytes of
// fixed width, so that they can be read as they are.
func (v *Values) Contiguous() bool { return v.Type != protowire.VarintType && v.runs == 1 }

// Add takes in one occurrence of the field. Packed varints are counted, which
// reads them; nothing else of the values is read.
func (v *Values) Add(r *Reader, f Field) error {
	run := f.Body
	switch {
	case f.Type == v.Type:
	case f.Type != protowire.BytesType:
		return r.wrongType(f, v.Type)
	case run.Len() == 0:
		return nil
	}
	if v.runs == 0 {
		v.Start = run.Start
	}
	v.runs++
	if width := v.width(); width > 0 {
		if run.Len()%width != 0 {
			return r.Errorf(f.Offset, r.place(f), fmt.Sprintf("a multiple of %d bytes", width), "%d", run.Len())
		}
		n := run.Len() / width
		for next := int64(len(v.marks)) * weights.ChunkLen; next < v.Count+n; next += weights.ChunkLen {
			v.marks = append(v.marks, place{run.Start + (next-v.Count)*width, run.End})
		}
		v.Count += n
		return nil
	}
	return v.count(r, run)
}

// count notes the elements of a run of varints: each ends with the first byte
// below 0x80.
func (v *Values) count(r *Reader, run Span) error {
	for at := run.Start; at < run.End; {
		b, err := r.from(at, min(run.End-at, binary.MaxVarintLen64))
		if err != nil {
			return err
		}
		b = b[:min(int64(len(b)), run.End-at)]
		var done int
		for done < len(b) {
			if v.Count%weights.ChunkLen == 0 {
				v.marks = append(v.marks, place{at + int64(done), run.End})
			}
			if b[done] < 0x80 {
				done++
				v.Count++
				continue
			}
			_, n := protowire.ConsumeVarint(b[done:])
			if n < 0 {
				break
			}
			done += n
			v.Count++
		}
		if done == 0 {
			return r.Errorf(at, "", "a number", "none at byte %d", at)
		}
		if v.Count%weights.ChunkLen == 0 && int64(len(v.marks)) > v.Count/weights.ChunkLen {
			// The next number is marked again when the window has all of it.
			v.marks = v.marks[:v.Count/weights.ChunkLen]
		}
		at += int64(done)
	}
	return nil
}

// width returns the bytes of an element, 0 for varints.
func (v *Values) width() int64 {
	switch v.Type {
	case protowire.Fixed32Type:
		return 4
	case protowire.Fixed64Type:
		return 8
	}
	return 0
}

// each calls put with the bits of the n elements from index from on.
func (v *Values) each(r *Reader, from, n int64, put func(i int64, bits uint64) error) error {
	p := v.marks[from/weights.ChunkLen]
	for i := -(from % weights.ChunkLen); i < n; {
		if p.at == p.end {
			if p.end >= v.message.End {
				return r.Errorf(p.at, "", fmt.Sprintf("%d values", v.Count), "fewer: it changed while it was read")
			}
			f, err := r.field(p.at, v.message.End)
			if err != nil {
				return err
			}
			p = place{f.Body.Start, f.Body.End}
			if f.Number != v.Number {
				p.at = p.end
			}
			continue
		}
		bits, n, err := v.element(r, p)
		if err != nil {
			return err
		}
		p.at += n
		if i >= 0 {
			if err := put(i, bits); err != nil {
				return err
			}
		}
		i++
	}
	return nil
}

// element returns the bits of the element at p and how many bytes it takes.
func (v *Values) element(r *Reader, p place) (uint64, int64, error) {
	width := v.width()
	if width == 0 {
		return r.varint(p.at, p.end)
	}
	b, err := r.peek(p.at, min(width, p.end-p.at))
	switch {
	case err != nil:
		return 0, 0, err
	case int64(len(b)) < width:
		return 0, 0, r.Errorf(p.at, "", "a number", "none at byte %d: it changed while it was read", p.at)
	case width == 4:
		return uint64(binary.LittleEndian.Uint32(b)), width, nil
	}
	return binary.LittleEndian.Uint64(b), width, nil
}

// Elements returns the product of a shape, or false if a dimension is negative
// or the product is larger than a file can be.
func Elements(shape []int64) (int64, bool) {
	count, empty := int64(1), false
	for _, d := range shape {
		switch {
		case d < 0:
			return 0, false
		case d == 0:
			empty = true
		case count > math.MaxInt64/16/d:
			return 0, false
		default:
			count *= d
		}
	}
	if empty {
		return 0, true
	}
	return count, true
}
