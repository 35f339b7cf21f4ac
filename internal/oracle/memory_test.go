package oracle_test

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
)

// What a run adds to the resident memory of the process, which holds the weights
// already, is at most four times the largest tensor.
func TestPeakMemory(t *testing.T) {
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			n, in := network(t, v.name, v.size)
			largest := int64(0)
			for _, l := range n.Layers() {
				if _, constant := l.Op.(trt.Constant); !constant {
					largest = max(largest, 4*l.Outputs[0].Dims.Count())
				}
			}
			debug.FreeOSMemory()
			require.NoError(t, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)) // the peak is what there is now
			before := status(t, "VmRSS")
			_, err := refexec.Run(t.Context(), n, in, refexec.Options{Workers: 2})
			require.NoError(t, err)
			grown := status(t, "VmHWM") - before
			t.Logf("%.1f MiB more, %.2f times the largest tensor", float64(grown)/(1<<20), float64(grown)/float64(largest))
			require.Less(t, grown, 4*largest)
		})
	}
}

// status returns a size that Linux tells of the process.
func status(t *testing.T, field string) int64 {
	text, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), field+":")
	require.True(t, ok)
	var kib int64
	_, err = fmt.Sscan(rest, &kib)
	require.NoError(t, err)
	return kib << 10
}
