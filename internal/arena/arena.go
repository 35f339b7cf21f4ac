package arena

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// alignment of every allocation, in bytes: a cache line.
const alignment = 64

// Arena is one block of off-heap memory, handed out front to back and released
// as a whole.
type Arena struct {
	mu   sync.Mutex
	mem  []byte
	used int
}

// New reserves size bytes. Pages cost memory only once written.
func New(size int64) (*Arena, error) {
	if size < 0 || size != int64(int(size)) {
		return nil, fault.New(fault.Resources, "", "arena of %d bytes cannot be reserved on this machine", size)
	}
	if size == 0 {
		return &Arena{}, nil
	}
	mem, err := reserve(int(size))
	if err != nil {
		return nil, fault.New(fault.Resources, "free memory or build a smaller network", "reserve %d bytes for weights: %w", size, err)
	}
	return &Arena{mem: mem}, nil
}

// Size returns the bytes that n allocations of the given sizes take, padding
// included.
func Size(sizes ...int64) int64 {
	var total int64
	for _, s := range sizes {
		total += (s + alignment - 1) / alignment * alignment
	}
	return total
}

// Bytes hands out n zeroed bytes, aligned to a cache line. They are valid
// until Close.
func (a *Arena) Bytes(n int64) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	padded := Size(n)
	if n < 0 || padded > int64(len(a.mem)-a.used) {
		return nil, fmt.Errorf("arena: %d bytes asked for, %d of %d left", n, len(a.mem)-a.used, len(a.mem))
	}
	b := a.mem[a.used : a.used+int(n) : a.used+int(n)]
	a.used += int(padded)
	return b, nil
}

// Float32 hands out n zeroed float32 values, valid until Close.
func (a *Arena) Float32(n int64) ([]float32, error) {
	b, err := a.Bytes(4 * n)
	if err != nil || n == 0 {
		return nil, err
	}
	return unsafe.Slice((*float32)(unsafe.Pointer(&b[0])), n), nil
}

// Close gives the memory back. It is safe to call more than once; memory
// handed out must not be touched afterwards.
func (a *Arena) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	mem := a.mem
	a.mem, a.used = nil, 0
	if mem == nil {
		return nil
	}
	return release(mem)
}
