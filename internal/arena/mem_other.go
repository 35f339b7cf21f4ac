//go:build !unix

package arena

// The native backend is not built here, so nothing outside Go keeps pointers
// and the heap will do.
func reserve(n int) ([]byte, error) { return make([]byte, n), nil }

func release([]byte) error { return nil }
