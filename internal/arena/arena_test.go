package arena_test

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/arena"
	"github.com/trtbuild/trtbuild/internal/fault"
)

func TestArena(t *testing.T) {
	a, err := arena.New(arena.Size(3, 40))
	require.NoError(t, err)
	b, err := a.Bytes(3)
	require.NoError(t, err)
	f, err := a.Float32(10)
	require.NoError(t, err)
	require.Len(t, f, 10)
	require.Zero(t, uintptr(unsafe.Pointer(&f[0]))%64)
	b[2], f[9] = 7, 1
	require.Equal(t, []byte{0, 0, 7}, b)
	_, err = a.Bytes(1)
	require.ErrorContains(t, err, "0 of 128 left")
	require.NoError(t, a.Close())
	require.NoError(t, a.Close())
}

func TestArenaRefusesWhatCannotBe(t *testing.T) {
	_, err := arena.New(-1)
	require.Equal(t, fault.Resources, fault.Of(err))
	_, err = arena.New(1 << 62)
	require.Equal(t, fault.Resources, fault.Of(err))
	a, err := arena.New(0)
	require.NoError(t, err)
	_, err = a.Bytes(-1)
	require.Error(t, err)
}
