package torch

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
)

// record is the bytes of one storage: a member of an archive, or a piece of a
// stream. Positions in it are those of its unpacked bytes.
type record struct {
	key    string
	length int64 // as the pickle says
	size   int64 // of an element, likewise
	wanted bool  // its place is looked for
	found  bool

	name     string // for messages
	start    int64  // in the file
	end      int64  // likewise, as packed
	swap     bool   // numbers are big-endian
	checked  bool   // crc is known
	crc      uint32
	sum      checksum
	whole    sync.Once // reads all of it, for who will read it in crumbs
	failed   error     // of that
	r        io.ReaderAt
	inflater *inflater // nil: stored as it is
}

// read fills b with the bytes at a position.
func (c *record) read(t *weights.Tensor, b []byte, at int64) error {
	if c.inflater != nil {
		if err := c.inflater.read(c, b, at); err != nil {
			return c.unreadable(t, at, err)
		}
		return nil
	}
	n, err := c.r.ReadAt(b, c.start+at)
	if n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return c.unreadable(t, at+int64(n), err)
	}
	if c.checked && !c.sum.add(b, at, c.length, c.crc) {
		return c.unreadable(t, 0, errChecksum)
	}
	return nil
}

// check reads a record once from beginning to end, so that its checksum is known
// before it is read in pieces too many and too small to be summed up.
func (c *record) check(t *weights.Tensor) error {
	if !c.checked || c.inflater != nil {
		return nil
	}
	c.whole.Do(func() {
		buf := make([]byte, min(c.length, stepLen))
		for at := int64(0); at < c.length && c.failed == nil; at += int64(len(buf)) {
			c.failed = c.read(t, buf[:min(int64(len(buf)), c.length-at)], at)
		}
	})
	return c.failed
}

var errChecksum = errors.New("its checksum (CRC-32) is not that of its bytes")

func (c *record) unreadable(t *weights.Tensor, at int64, err error) error {
	kind, next := fault.BadInput, writeAgain
	switch {
	case errors.Is(err, errChecksum), errors.Is(err, errInflate):
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("ends at byte %d, where more was expected", c.start+at)
	default:
		kind, next = fault.Resources, ""
	}
	return &weights.Error{Kind: kind, File: t.File, Tensor: t.Name, Offset: c.start + at, Problem: "record " + c.name, Err: err, Next: next}
}
