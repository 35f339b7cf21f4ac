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
	failedAt int64     // where
	r        io.ReaderAt
	inflater *inflater // nil: stored as it is
}

// read fills b with the bytes at a position.
func (c *record) read(t *weights.Tensor, b []byte, at int64) error {
	if at, err := c.take(b, at); err != nil {
		return c.unreadable(t, at, err)
	}
	return nil
}

// take fills b with the bytes at a position, or returns where they cannot be read.
func (c *record) take(b []byte, at int64) (int64, error) {
	if c.inflater != nil {
		return at, c.inflater.read(c, b, at)
	}
	n, err := c.r.ReadAt(b, c.start+at)
	if n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return at + int64(n), err
	}
	if c.checked && !c.sum.add(b, at, c.length, c.crc) {
		return 0, errChecksum
	}
	return 0, nil
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
			c.failedAt, c.failed = c.take(buf[:min(int64(len(buf)), c.length-at)], at)
		}
	})
	if c.failed != nil {
		return c.unreadable(t, c.failedAt, c.failed)
	}
	return nil
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
