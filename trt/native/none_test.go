//go:build !tensorrt || !cgo

package native_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt/native"
)

func TestNotBuilt(t *testing.T) {
	b, err := native.Open(native.Options{Library: "libtensorrt_rtx.so.1"})
	require.Nil(t, b)
	require.ErrorIs(t, err, native.ErrNotBuilt)
	require.Equal(t, fault.Environment, fault.Of(err))
	require.ErrorContains(t, err, "-tags tensorrt")
	require.Empty(t, native.Shims(""))
}
