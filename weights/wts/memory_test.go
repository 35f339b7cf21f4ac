//go:build linux && !race

package wts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/wts"
)

// TestMemory: decoding holds the floats and a fixed amount, never the text. The
// fixed amount includes the test binary's own.
func TestMemory(t *testing.T) {
	rss, floats := childRSS(t, writeNetwork(t, 30, wts.TwoBlanks))
	require.Greater(t, floats, int64(32<<20))
	require.LessOrEqual(t, rss, floats+16<<20)
}
