package builder

import (
	"crypto/sha256"
	"hash"
	"io"
	"time"
)

// engineWriter passes an engine on to its file and digests it on the other
// core meanwhile. TensorRT hands over the whole engine in one piece.
type engineWriter struct {
	w     io.Writer
	hash  hash.Hash
	bytes int64
	spent time.Duration // in w
}

func newEngineWriter(w io.Writer) *engineWriter {
	return &engineWriter{w: w, hash: sha256.New()}
}

func (e *engineWriter) Write(p []byte) (int, error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.hash.Write(p)
	}()
	start := time.Now()
	n, err := e.w.Write(p)
	e.spent += time.Since(start)
	<-done
	e.bytes += int64(n)
	return n, err
}

func (e *engineWriter) sum() [sha256.Size]byte { return [sha256.Size]byte(e.hash.Sum(nil)) }
