package builder

import (
	"io"
	"sync"
	"time"
)

// timedWriter adds up the time spent in w, and tells when it begins.
type timedWriter struct {
	w     io.Writer
	begin func()
	once  sync.Once
	spent time.Duration
}

func (t *timedWriter) Write(p []byte) (int, error) {
	t.once.Do(t.begin)
	start := time.Now()
	n, err := t.w.Write(p)
	t.spent += time.Since(start)
	return n, err
}
