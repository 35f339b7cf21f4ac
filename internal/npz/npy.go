package npz

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/x448/float16"

	"github.com/trtbuild/trtbuild/internal/fault"
)

const magic = "\x93NUMPY"

// maxHeader is far above any header of a plain array.
const maxHeader = 1 << 16

// Array is one numeric array in row-major order. Floats holds the elements of
// floating-point types, Ints those of integers and, as 0 and 1, of bools.
type Array struct {
	Descr  string // NumPy's own: "<f4", "<f2", "<i8", "|b1", …
	Shape  []int64
	Floats []float32
	Ints   []int64
}

// Header is what an .npy says of its array.
type Header struct {
	Descr     string // the element type without its byte order: "f4", "i8", "b1", …
	BigEndian bool
	Fortran   bool // the first index varies fastest
	Shape     []int64
	Size      int64 // of the header itself: where the values begin
}

var (
	descrRE   = regexp.MustCompile(`'descr'\s*:\s*(?:'([<>|=]?)([A-Za-z]\d*(?:\[\w+\])?)'|[\[(])`)
	fortranRE = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shapeRE   = regexp.MustCompile(`'shape'\s*:\s*\(([^)]*)\)`)
)

func bad(format string, args ...any) error { return fault.New(fault.BadInput, "", format, args...) }

// ReadHeader reads the header of an .npy of size bytes, of which it checks that
// they are at least as many.
func ReadHeader(r io.Reader, size int64) (*Header, error) {
	head := make([]byte, 10)
	if n, err := io.ReadFull(r, head); err != nil || string(head[:6]) != magic {
		return nil, bad("not NumPy's .npy format: it begins with %q", head[:n])
	}
	n, used := int64(binary.LittleEndian.Uint16(head[8:])), int64(10)
	switch version := head[6]; {
	case version == 0 || version > 3:
		return nil, fault.New(fault.Unsupported, "save it with numpy.save", "version %d.%d of the .npy format is not known", version, head[7])
	case version > 1:
		var high [2]byte
		if _, err := io.ReadFull(r, high[:]); err != nil {
			return nil, bad("header cut short")
		}
		n |= int64(binary.LittleEndian.Uint16(high[:])) << 16
		used += 2
	}
	if n > maxHeader || used+n > size {
		return nil, bad("header of %d bytes in an array file of %d", n, size)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, bad("header cut short")
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return nil, err
	}
	h.Size = used + n
	return h, nil
}

// parseHeader reads the Python dict of a header, whose three keys come once each.
func parseHeader(text string) (*Header, error) {
	var found [3][]string
	for i, re := range []*regexp.Regexp{descrRE, fortranRE, shapeRE} {
		all := re.FindAllStringSubmatch(text, 2)
		if len(all) != 1 {
			return nil, bad("header %.200q is not understood", strings.TrimSpace(text))
		}
		found[i] = all[0]
	}
	h := &Header{Descr: found[0][2], BigEndian: found[0][1] == ">", Fortran: found[1][1] == "True", Shape: []int64{}}
	switch h.Descr {
	case "":
		return nil, fault.New(fault.Unsupported, "save its fields as arrays of their own", "elements are records of several fields")
	case "O":
		return nil, fault.New(fault.Unsupported, "save it as an array of numbers", "elements are Python objects, which are stored as a pickle: it is not run")
	}
	for e := range strings.SplitSeq(found[2][1], ",") {
		if e = strings.TrimSpace(e); e == "" {
			continue
		}
		v, err := strconv.ParseInt(strings.TrimSuffix(e, "L"), 10, 64) // Python 2 wrote 3L
		if err != nil || v < 0 {
			return nil, bad("shape (%.100s)", found[2][1])
		}
		h.Shape = append(h.Shape, v)
	}
	return h, nil
}

// Elements returns the number of elements, which have width bytes each, and
// checks that the .npy has as many bytes as that takes, size in all.
func (h *Header) Elements(width, size int64) (int64, error) {
	n := int64(1)
	if slices.Contains(h.Shape, 0) {
		n = 0
	}
	for _, e := range h.Shape {
		if n != 0 && n > math.MaxInt64/width/e {
			return 0, bad("shape %v of %s is too large", h.Shape, h.Descr)
		}
		n *= e
	}
	if n*width != size-h.Size {
		return 0, bad("shape %v of %s takes %d bytes, there are %d", h.Shape, h.Descr, n*width, size-h.Size)
	}
	return n, nil
}

// readArray reads one .npy of size bytes.
func readArray(name string, r io.Reader, size int64) (*Array, error) {
	named := func(err error) error {
		if name == "" { // a file of its own
			return err
		}
		return fault.New(fault.Of(err), "", "array %q: %w", name, err)
	}
	h, err := ReadHeader(r, size)
	if err != nil {
		return nil, named(err)
	}
	if h.Fortran {
		return nil, named(fault.New(fault.Unsupported, "save it with numpy.ascontiguousarray", "it is in Fortran order"))
	}
	switch h.Descr {
	case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1":
	default:
		return nil, named(fault.New(fault.Unsupported, "save it as float32", "element type %q", h.Descr))
	}
	width := int64(h.Descr[1] - '0')
	count, err := h.Elements(width, size)
	if err != nil {
		return nil, named(err)
	}
	// Read in growing steps: the archive's word on the size is not proof. At its
	// end, which has to be reached, the archive's reader checks the CRC-32.
	raw, err := io.ReadAll(io.LimitReader(r, count*width+1))
	if err != nil {
		return nil, named(bad("values cut short: %w", err))
	}
	if int64(len(raw)) != count*width {
		return nil, named(bad("%d bytes of values, not %d", len(raw), count*width))
	}
	a := &Array{Descr: "<" + h.Descr, Shape: h.Shape}
	var order binary.ByteOrder = binary.LittleEndian
	if h.BigEndian {
		order = binary.BigEndian
	}
	a.decode(raw, order, width)
	return a, nil
}

func (a *Array) decode(raw []byte, order binary.ByteOrder, width int64) {
	n := int64(len(raw)) / width
	if a.Descr[1] == 'f' {
		a.Floats = make([]float32, n)
		for i := range a.Floats {
			b := raw[int64(i)*width:]
			switch width {
			case 2:
				a.Floats[i] = float16.Frombits(order.Uint16(b)).Float32()
			case 4:
				a.Floats[i] = math.Float32frombits(order.Uint32(b))
			case 8:
				a.Floats[i] = float32(math.Float64frombits(order.Uint64(b)))
			}
		}
		return
	}
	a.Ints = make([]int64, n)
	for i := range a.Ints {
		b := raw[int64(i)*width:]
		switch a.Descr {
		case "<i1":
			a.Ints[i] = int64(int8(b[0]))
		case "<u1", "<b1":
			a.Ints[i] = int64(b[0])
		case "<i2":
			a.Ints[i] = int64(int16(order.Uint16(b)))
		case "<u2":
			a.Ints[i] = int64(order.Uint16(b))
		case "<i4":
			a.Ints[i] = int64(int32(order.Uint32(b)))
		case "<u4":
			a.Ints[i] = int64(order.Uint32(b))
		case "<i8":
			a.Ints[i] = int64(order.Uint64(b))
		}
	}
}

// writeArray writes floats as float32 and integers as int64, version 1.0.
func writeArray(w io.Writer, a *Array) error {
	descr, size := "<f4", 4*len(a.Floats)
	if a.Floats == nil {
		descr, size = "<i8", 8*len(a.Ints)
	}
	var shape strings.Builder
	for _, e := range a.Shape {
		fmt.Fprintf(&shape, "%d,", e)
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape.String())
	const align = 64
	pad := (align - (10+len(header)+1)%align) % align
	header += strings.Repeat(" ", pad) + "\n"
	b := make([]byte, 0, 10+len(header)+size)
	b = append(b, magic+"\x01\x00"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	b = append(b, header...)
	for _, v := range a.Floats {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	if a.Floats == nil {
		for _, v := range a.Ints {
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	}
	_, err := w.Write(b)
	return err
}
