//go:build tensorrt && cgo

package native

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// open opens the real library.
func open(t testing.TB) *backend {
	t.Helper()
	b, err := Open(Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	return b.(*backend)
}

func TestConformance(t *testing.T) {
	b, err := Open(Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close() // when the suite does not run to its end
	backendtest.Run(t, b)
}

// TestRefusals replays below the recorder what the recorder refuses: TensorRT,
// or the shim in its place, must refuse it too, unless the case says why our
// rule is stricter.
func TestRefusals(t *testing.T) {
	r := newReplayer(t, open(t))
	refused := 0
	for _, c := range backendtest.Cases() {
		if c.Want != nil {
			continue
		}
		refused++
		t.Run(c.Name, func(t *testing.T) {
			_, err := r.replay(c)
			var raw *cbridge.Error
			switch {
			case c.Stricter == "":
				require.Error(t, err)
			case errors.As(err, &raw):
				require.Equal(t, cbridge.BadArgument, raw.Code, "%v: TensorRT refuses it too, so the rule is not stricter", err)
			default:
				require.NoError(t, err)
			}
		})
	}
	require.Greater(t, refused, 100)
}

// TestWithoutGPU holds the rules of what TensorRT-RTX infers but does not build.
func TestWithoutGPU(t *testing.T) {
	r := newReplayer(t, open(t))
	asked := 0
	for _, c := range backendtest.Cases() {
		if c.NeedsGPU && c.Want != nil {
			asked++
			t.Run(c.Name, func(t *testing.T) {
				answer, err := r.replay(c)
				require.NoError(t, err)
				require.Equal(t, c.Want, answer.Outputs)
				require.Equal(t, asked, r.withoutRunner)
			})
		}
	}
}
