package pickle

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Hooks make what a pickle of a certain kind of file asks for.
type Hooks interface {
	// Call returns what calling a global with arguments makes. It returns false
	// for those it does not know, which become Objects.
	Call(g *Global, args []any) (made any, known bool, err error)
	// Persistent returns what an object outside the pickle is.
	Persistent(id any) (any, error)
}

// Machine loads pickles that lie one behind the other in a reader.
type Machine struct {
	// Lenient: calls of harmful functions become Objects as all others do. They
	// are not made in any case.
	Lenient bool

	src   source
	hooks Hooks
	names *Names
	stack []any
	marks []int
	memo  memory
}

// New returns a machine over a reader of at most size bytes. What is made of
// them is charged to the budget, and the globals they name are added to names.
func New(r io.Reader, size int64, h Hooks, b *Budget, names *Names) *Machine {
	return &Machine{
		src:   source{r: r, buf: bufio.NewReaderSize(r, bufferLen), size: size, budget: b},
		hooks: h, names: names,
	}
}

// Offset returns how many bytes of the reader have been used.
func (m *Machine) Offset() int64 { return m.src.off }

// Take reads n bytes that lie between pickles, at most eight.
func (m *Machine) Take(n int) ([]byte, error) {
	at := m.src.off
	b, err := m.src.peek(n)
	if err != nil {
		return nil, &Error{Offset: at, Problem: err.Error()}
	}
	return b, nil
}

// Skip goes behind n bytes that lie between pickles.
func (m *Machine) Skip(n int64) error {
	at := m.src.off
	err := m.src.check(uint64(n))
	if err == nil {
		err = m.src.jump(n)
	}
	if err != nil {
		return &Error{Offset: at, Problem: err.Error()}
	}
	return nil
}

// Load returns the value of the next pickle. Errors are *Error, but for those of
// the reader and the hooks.
func (m *Machine) Load() (any, error) {
	m.stack, m.marks, m.memo = nil, nil, memory{}
	for {
		at := m.src.off
		op, err := m.src.byte()
		if err == nil {
			if op == opStop {
				var v any
				if v, err = m.pop(); err == nil {
					return v, nil
				}
			} else {
				err = m.step(op)
			}
		}
		if err != nil {
			return nil, locate(err, at)
		}
	}
}

// problem is an error of the machine's own, which has no offset yet.
type problem struct {
	text    string
	harmful bool
}

func (p problem) Error() string { return p.text }

func wrong(format string, args ...any) error { return problem{text: fmt.Sprintf(format, args...)} }

func locate(err error, at int64) error {
	var p problem
	switch {
	case errors.As(err, &p):
		return &Error{Offset: at, Problem: p.text, Harmful: p.harmful}
	case errors.Is(err, ErrBudget), errors.Is(err, errEnd):
		return &Error{Offset: at, Problem: err.Error(), Err: err}
	}
	return err
}

// Sizes of what is allocated, for the budget.
const (
	valueSize = 16 // of an interface: a slot on the stack or in a list
	entrySize = 2 * valueSize
	boxSize   = 8  // of a number behind an interface
	headSize  = 24 // of a container
)

// grow charges for the room that appending n elements to a slice makes, and
// makes it.
func grow[T any](b *Budget, s []T, n int, size int64) ([]T, error) {
	if need := len(s) + n; need > cap(s) {
		room := max(need, len(s)+len(s)/2, 4)
		if err := b.Charge(int64(room) * size); err != nil {
			return nil, err
		}
		next := make([]T, len(s), room)
		copy(next, s)
		return next, nil
	}
	return s, nil
}

func (m *Machine) charge(n int64) error { return m.src.budget.Charge(n) }

func (m *Machine) push(v any) (err error) {
	if m.stack, err = grow(m.src.budget, m.stack, 1, valueSize); err == nil {
		m.stack = append(m.stack, v)
	}
	return err
}

// floor is the height of the stack below which lies the last mark.
func (m *Machine) floor() int {
	if len(m.marks) == 0 {
		return 0
	}
	return m.marks[len(m.marks)-1]
}

func (m *Machine) pop() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, wrong("takes a value from an empty stack")
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	return v, nil
}

func (m *Machine) top() (any, error) {
	if len(m.stack) <= m.floor() {
		return nil, wrong("looks at an empty stack")
	}
	return m.stack[len(m.stack)-1], nil
}

// popMark returns the values above the last mark and forgets it. They are valid
// until the next push.
func (m *Machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, wrong("goes back to a mark that was not set")
	}
	at := m.floor()
	m.marks = m.marks[:len(m.marks)-1]
	items := m.stack[at:]
	m.stack = m.stack[:at]
	return items, nil
}

// memory is what a pickle remembers, in pages: a page is never moved.
type memory struct {
	pages []*[pageLen]any
	count uint64 // the highest index, plus one
}

const pageLen = 256

func (m *Machine) put(i uint64) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	if i > math.MaxInt32 {
		return wrong("remembers a value at index %d", i)
	}
	page := int(i / pageLen)
	if n := page + 1 - len(m.memo.pages); n > 0 {
		if m.memo.pages, err = grow(m.src.budget, m.memo.pages, n, boxSize); err != nil {
			return err
		}
		m.memo.pages = m.memo.pages[:page+1]
	}
	if m.memo.pages[page] == nil {
		if err := m.charge(pageLen * valueSize); err != nil {
			return err
		}
		m.memo.pages[page] = new([pageLen]any)
	}
	m.memo.pages[page][i%pageLen] = v
	m.memo.count = max(m.memo.count, i+1)
	return nil
}

func (m *Machine) get(i uint64) error {
	if i >= m.memo.count || m.memo.pages[i/pageLen] == nil {
		return wrong("recalls a value at index %d, %d are remembered", i, m.memo.count)
	}
	return m.push(m.memo.pages[i/pageLen][i%pageLen])
}

// number reads an unsigned little-endian number of n bytes.
func (m *Machine) number(n int) (uint64, error) {
	b, err := m.src.peek(n)
	if err != nil {
		return 0, err
	}
	var all [8]byte
	copy(all[:], b)
	return binary.LittleEndian.Uint64(all[:]), nil
}

// sized reads a length of n bytes and then the text of that length.
func (m *Machine) sized(n int) (string, error) {
	length, err := m.number(n)
	if err != nil {
		return "", err
	}
	s, err := m.src.text(length)
	if err != nil {
		return "", within(err)
	}
	return s, nil
}

// bytes reads a length of n bytes and goes behind the byte string.
func (m *Machine) bytes(n int) error {
	length, err := m.number(n)
	if err != nil {
		return err
	}
	if err := m.src.skip(length); err != nil {
		return within(err)
	}
	if err := m.charge(boxSize); err != nil {
		return err
	}
	return m.push(Bytes(length))
}

// within makes the source's own refusals problems of the machine.
func within(err error) error {
	if errors.Is(err, ErrBudget) || errors.Is(err, errEnd) {
		return err
	}
	return problem{text: err.Error()}
}
