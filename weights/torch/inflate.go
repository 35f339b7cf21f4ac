package torch

import (
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/trtbuild/trtbuild/internal/crc32"
)

// inflater reads a deflated record front to back and keeps the last bytes of
// what it made, so that readers a little behind find them there. Who goes back
// further begins anew.
type inflater struct {
	packed  int64
	windows *windows

	mu     sync.Mutex
	stream io.ReadCloser
	window []byte // what was made last
	from   int64  // position of the window's first byte
	sum    uint32 // of all that was made
}

const (
	// windowLen is how much is kept. Records up to this size are inflated once.
	windowLen = 4 << 20
	// stepLen is how much is made at a time.
	stepLen = 256 << 10
)

// errInflate is what is wrong with a deflated record.
var errInflate = errors.New("does not inflate")

func (f *inflater) read(c *record, b []byte, at int64) error {
	f.windows.use(f)
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(b) > 0 {
		if f.stream == nil || at < f.from {
			f.rewind(c)
		}
		if end := f.from + int64(len(f.window)); at < end {
			n := copy(b, f.window[at-f.from:])
			b, at = b[n:], at+int64(n)
			continue
		}
		if err := f.step(c); err != nil {
			f.stream = nil
			return err
		}
	}
	return nil
}

func (f *inflater) rewind(c *record) {
	f.stream = flate.NewReader(io.NewSectionReader(c.r, c.start, f.packed))
	f.window, f.from, f.sum = f.window[:0], 0, 0
}

// step makes the next bytes.
func (f *inflater) step(c *record) error {
	made := f.from + int64(len(f.window))
	n := int(min(stepLen, c.length-made))
	if f.window == nil {
		f.window = make([]byte, 0, min(windowLen, c.length))
	}
	if len(f.window)+n > cap(f.window) {
		drop := max(len(f.window)/2, len(f.window)+n-cap(f.window))
		f.from += int64(drop)
		f.window = append(f.window[:0], f.window[drop:]...)
	}
	next := f.window[len(f.window) : len(f.window)+n]
	m, err := io.ReadFull(f.stream, next)
	if err != nil {
		return fmt.Errorf("%w: %d bytes are expected, byte %d cannot be made: %w", errInflate, c.length, made+int64(m), err)
	}
	f.window = f.window[:len(f.window)+n]
	f.sum = crc32.Update(f.sum, next)
	if made+int64(n) < c.length {
		return nil
	}
	var more [1]byte
	if m, err := f.stream.Read(more[:]); m > 0 || !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: it has more than the %d bytes that are expected", errInflate, c.length)
	}
	if f.sum != c.crc {
		return errChecksum
	}
	return nil
}

// windows bounds how many inflaters of a file hold memory: as many of those used
// last as there are cores, and one, so that readers side by side, each of one
// tensor after the other, make no other begin anew.
type windows struct {
	mu     sync.Mutex
	recent []*inflater // the last used one is first
}

func (w *windows) use(f *inflater) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.Index(w.recent, f); i >= 0 {
		w.recent = slices.Delete(w.recent, i, i+1)
	}
	w.recent = slices.Insert(w.recent, 0, f)
	most := runtime.GOMAXPROCS(0) + 1
	for _, old := range w.recent[min(most, len(w.recent)):] {
		old.mu.Lock()
		old.stream, old.window = nil, nil
		old.mu.Unlock()
	}
	w.recent = w.recent[:min(most, len(w.recent))]
}
