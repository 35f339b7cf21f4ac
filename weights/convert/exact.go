package convert

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/half"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// Loss is what rounding did to one tensor.
type Loss struct {
	Tensor  string     `json:"tensor"` // in the input
	From    dtype.Type `json:"from"`
	To      dtype.Type `json:"to"`
	Count   int64      `json:"count"`   // of values that changed
	Flushed int64      `json:"flushed"` // of those, the ones that became zero
}

// checked yields the values of a tensor and watches what their new type does to
// them.
type checked struct {
	t       *weights.Tensor
	to      dtype.Type // Float32 or Float16
	allow   bool       // rounding to float32
	scratch *sync.Pool // of *buffers
	changed atomic.Int64
	flushed atomic.Int64
}

type buffers struct {
	raw    []byte
	values []float32
}

func newScratch() *sync.Pool { return &sync.Pool{New: func() any { return new(buffers) }} }

// wide reports whether float32 has not every value of t.
func wide(t dtype.Type) bool {
	switch t {
	case dtype.Int32, dtype.UInt32, dtype.Int64, dtype.UInt64, dtype.Float64:
		return true
	}
	return false
}

// ReadFloat32 is that of the tensor. An error names the first value of the range
// that must not be rounded.
func (c *checked) ReadFloat32(dst []float32, from int64) error {
	b := c.scratch.Get().(*buffers)
	defer c.scratch.Put(b)
	if wide(c.t.Type) {
		if err := c.narrow(dst, from, b); err != nil {
			return err
		}
	} else if err := c.t.ReadFloat32(dst, from); err != nil {
		return err
	}
	if c.to == dtype.Float16 {
		return c.half(dst, from, b)
	}
	return nil
}

// narrow reads values of a wide type and holds each against its float32.
func (c *checked) narrow(dst []float32, from int64, b *buffers) error {
	n := len(dst) * c.t.Type.Size()
	if cap(b.raw) < n {
		b.raw = make([]byte, n)
	}
	src := b.raw[:n]
	if err := c.t.ReadRaw(src, from); err != nil {
		return err
	}
	raw.Float32s(dst, src, c.t.Type)
	var changed, flushed int64
	for i, x := range dst {
		text, same, finite := held(src, i, x, c.t.Type)
		if same {
			continue
		}
		// With --half rounding is what was asked for.
		if over := math.IsInf(float64(x), 0) && finite; over || !c.allow && c.to == dtype.Float32 {
			return c.refuse(from+int64(i), text, x, over)
		}
		if c.to == dtype.Float16 && half.FromFloat16(half.Float16(x)) != x {
			continue // counted when it is rounded again
		}
		changed++
		if x == 0 {
			flushed++
		}
	}
	c.add(changed, flushed)
	return nil
}

// held reports whether x equals value i of src, whether that is finite, and how
// it is printed if they differ.
func held(src []byte, i int, x float32, t dtype.Type) (text string, same, finite bool) {
	le := binary.LittleEndian
	// 2^63 and 2^64 as float32 are no int64 and uint64, and their neighbours are.
	switch t {
	case dtype.Int32:
		v := int32(le.Uint32(src[4*i:]))
		return strconv.FormatInt(int64(v), 10), float64(x) == float64(v), true
	case dtype.UInt32:
		v := le.Uint32(src[4*i:])
		return strconv.FormatUint(uint64(v), 10), float64(x) == float64(v), true
	case dtype.Int64:
		v := int64(le.Uint64(src[8*i:]))
		return strconv.FormatInt(v, 10), x < 0x1p63 && int64(x) == v, true
	case dtype.UInt64:
		v := le.Uint64(src[8*i:])
		return strconv.FormatUint(v, 10), x < 0x1p64 && uint64(x) == v, true
	default:
		v := math.Float64frombits(le.Uint64(src[8*i:]))
		return strconv.FormatFloat(v, 'g', -1, 64), float64(x) == v || v != v, !math.IsInf(v, 0)
	}
}

// half counts what rounding to float16 will change.
func (c *checked) half(values []float32, from int64, b *buffers) error {
	if cap(b.values) < len(values) {
		b.values = make([]float32, len(values))
	}
	rounded := b.values[:len(values)]
	copy(rounded, values)
	half.RoundFloat16s(rounded)
	var changed, flushed int64
	for i, r := range rounded {
		x := values[i]
		if r == x || x != x {
			continue
		}
		if math.IsInf(float64(r), 0) {
			return c.refuse(from+int64(i), strconv.FormatFloat(float64(x), 'g', -1, 32), r, true)
		}
		changed++
		if r == 0 {
			flushed++
		}
	}
	c.add(changed, flushed)
	return nil
}

func (c *checked) add(changed, flushed int64) {
	c.changed.Add(changed)
	c.flushed.Add(flushed)
}

func (c *checked) refuse(index int64, text string, becomes float32, over bool) error {
	e := &weights.Error{Kind: fault.Unsupported, File: c.t.File, Tensor: c.t.Name, Next: "write .safetensors, which keeps the type, leave the tensor out with --select '!" + c.t.Name + "', or pass --allow-rounding"}
	e.Problem = fmt.Sprintf("element %d is %s (%v) and would become %v (%v)", index, text, c.t.Type, becomes, c.to)
	if over {
		e.Next = "leave the tensor out with --select '!" + c.t.Name + "', or keep its type"
	}
	return e
}

func (c *checked) loss() (Loss, bool) {
	n := c.changed.Load()
	return Loss{c.t.Name, c.t.Type, c.to, n, c.flushed.Load()}, n > 0
}
