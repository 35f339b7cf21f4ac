package npz

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
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

var (
	descrRE   = regexp.MustCompile(`'descr'\s*:\s*'([<>|=]?)([a-z])(\d+)'`)
	fortranRE = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	shapeRE   = regexp.MustCompile(`'shape'\s*:\s*\(([^)]*)\)`)
)

func bad(name, format string, args ...any) error {
	return fault.New(fault.BadInput, "", "array %q: %w", name, fmt.Errorf(format, args...))
}

// readArray reads one .npy of size bytes.
func readArray(name string, r io.Reader, size int64) (*Array, error) {
	head := make([]byte, 10)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:6]) != magic {
		return nil, bad(name, "not NumPy's .npy format: it begins with %q", head)
	}
	n, used := int64(binary.LittleEndian.Uint16(head[8:])), int64(10)
	if head[6] > 1 {
		var high [2]byte
		if _, err := io.ReadFull(r, high[:]); err != nil {
			return nil, bad(name, "header cut short")
		}
		n |= int64(binary.LittleEndian.Uint16(high[:])) << 16
		used += 2
	}
	if n > maxHeader || used+n > size {
		return nil, bad(name, "header of %d bytes in a file of %d", n, size)
	}
	header := make([]byte, n)
	if _, err := io.ReadFull(r, header); err != nil {
		return nil, bad(name, "header cut short")
	}
	a, order, err := parseHeader(name, string(header))
	if err != nil {
		return nil, err
	}
	count := int64(1)
	for _, e := range a.Shape {
		if e != 0 && count > math.MaxInt64/8/e {
			return nil, bad(name, "shape %v is too large", a.Shape)
		}
		count *= e
	}
	width := int64(a.Descr[2] - '0')
	if count*width != size-used-n {
		return nil, bad(name, "shape %v of %s takes %d bytes, the file has %d", a.Shape, a.Descr, count*width, size-used-n)
	}
	// Read in growing steps: the archive's word on the size is not proof.
	raw, err := io.ReadAll(io.LimitReader(r, count*width))
	if err != nil {
		return nil, bad(name, "values cut short: %w", err)
	}
	if int64(len(raw)) != count*width {
		return nil, bad(name, "values cut short: %d of %d bytes", len(raw), count*width)
	}
	a.decode(raw, order, width)
	return a, nil
}

func parseHeader(name, h string) (*Array, binary.ByteOrder, error) {
	d, f, s := descrRE.FindStringSubmatch(h), fortranRE.FindStringSubmatch(h), shapeRE.FindStringSubmatch(h)
	if d == nil || f == nil || s == nil {
		return nil, nil, bad(name, "header %q is not understood", strings.TrimSpace(h))
	}
	if f[1] == "True" {
		return nil, nil, fault.New(fault.Unsupported, "save it with numpy.ascontiguousarray", "array %q is in Fortran order", name)
	}
	a := &Array{Descr: "<" + d[2] + d[3], Shape: []int64{}}
	switch a.Descr {
	case "<f2", "<f4", "<f8", "<i1", "<i2", "<i4", "<i8", "<u1", "<u2", "<u4", "<b1":
	default:
		return nil, nil, fault.New(fault.Unsupported, "save it as float32", "array %q has element type %q", name, d[1]+d[2]+d[3])
	}
	for _, e := range strings.Split(s[1], ",") {
		if e = strings.TrimSpace(e); e == "" {
			continue
		}
		v, err := strconv.ParseInt(e, 10, 64)
		if err != nil || v < 0 {
			return nil, nil, bad(name, "shape (%s)", s[1])
		}
		a.Shape = append(a.Shape, v)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if d[1] == ">" {
		order = binary.BigEndian
	}
	return a, order, nil
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
