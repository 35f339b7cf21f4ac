//go:build linux && !race

package convert_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMemory: a file of 120 MB is converted in memory that does not depend on it.
func TestMemory(t *testing.T) {
	require.LessOrEqual(t, childRSS(t, writeInput(t, 30_000_000)), int64(64<<20))
}
