package load

import (
	"context"
	"crypto/sha256"
	"io"

	"github.com/trtbuild/trtbuild/weights/internal/input"
)

// Digest returns the SHA-256 of the bytes of a file. It can run beside other
// work and ends early when ctx does.
func Digest(ctx context.Context, path string) (sum [sha256.Size]byte, err error) {
	f, _, err := input.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, contextReader{ctx, f}, make([]byte, 256<<10)); err != nil {
		if ctx.Err() != nil {
			return sum, ctx.Err()
		}
		return sum, readError(path, err)
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
