package pickle

import "errors"

// Budget bounds what is allocated on behalf of a file.
type Budget struct {
	read  int64 // bytes of pickles that were read
	spent int64
}

// Memory is at most baseBytes + perByte times the bytes read, which leaves room
// under 16 MiB + 4 times for buffers. A checkpoint as PyTorch writes it comes to
// some 1.2 KB for each of its tensors.
const (
	baseBytes = 14 << 20
	perByte   = 4
)

// ErrBudget is why a charge is refused.
var ErrBudget = errors.New("builds more than its size allows for")

// Charge notes that n bytes are about to be allocated, or refuses them.
func (b *Budget) Charge(n int64) error {
	if n < 0 || n > baseBytes+perByte*b.read-b.spent {
		return ErrBudget
	}
	b.spent += n
	return nil
}
