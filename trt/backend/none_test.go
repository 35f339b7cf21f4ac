//go:build !tensorrt || !cgo

package backend

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt/native"
)

func TestNotBuiltWithTensorRT(t *testing.T) {
	bare(t)
	for _, name := range []string{Auto, native.RTX, native.TensorRT} {
		_, err := Open(context.Background(), name, Options{})
		require.ErrorIs(t, err, native.ErrNotBuilt)
	}
	require.Equal(t, []string{"mock"}, Compiled())
}
