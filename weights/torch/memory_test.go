//go:build linux && !race

package torch_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMemory: opening takes what the pickle does, and reading a fixed amount,
// however large the values are.
func TestMemory(t *testing.T) {
	path := large(t, 40)
	require.LessOrEqual(t, childPeak(t, path, "open").rss, int64(24<<20))
	require.LessOrEqual(t, childPeak(t, path, "read").heap, int64(16<<20))
}
