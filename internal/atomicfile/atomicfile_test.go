package atomicfile_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/atomicfile"
	"github.com/trtbuild/trtbuild/internal/fault"
)

func entries(t *testing.T, dir string) []string {
	es, err := os.ReadDir(dir)
	require.NoError(t, err)
	names := []string{}
	for _, e := range es {
		names = append(names, e.Name())
	}
	return names
}

func TestCommitAndAbort(t *testing.T) {
	dir := t.TempDir()
	var set atomicfile.Set
	f, err := set.Create(filepath.Join(dir, "a"))
	require.NoError(t, err)
	_, err = f.Write([]byte("whole"))
	require.NoError(t, err)
	require.NotContains(t, entries(t, dir), "a")
	require.NoError(t, f.Commit(context.Background(), 0o644))
	f.Abort()
	require.Equal(t, []string{"a"}, entries(t, dir))
	b, err := os.ReadFile(filepath.Join(dir, "a"))
	require.NoError(t, err)
	require.Equal(t, "whole", string(b))

	g, err := set.Create(filepath.Join(dir, "b"))
	require.NoError(t, err)
	set.Abort()
	require.Equal(t, []string{"a"}, entries(t, dir))
	err = g.Commit(context.Background(), 0o644)
	require.Equal(t, fault.Resources, fault.Of(err))
	require.NotContains(t, err.Error(), ".tmp")
}

func TestCommitOfWhoIsToldToStop(t *testing.T) {
	dir := t.TempDir()
	var set atomicfile.Set
	f, err := set.Create(filepath.Join(dir, "a"))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(t, f.Commit(ctx, 0o644), context.Canceled)
	require.Empty(t, entries(t, dir))
}

// What became a directory meanwhile is told by the target's name alone, and
// nothing is left.
func TestCommitFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	var set atomicfile.Set
	f, err := set.Create(path)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(path, 0o700))
	err = f.Commit(context.Background(), 0o644)
	require.Equal(t, fault.Resources, fault.Of(err))
	require.NotContains(t, err.Error(), ".tmp")
	require.Equal(t, []string{"a"}, entries(t, dir))
}

func TestCreateRefusesAtOnce(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	var set atomicfile.Set
	for _, path := range []string{dir, filepath.Join(file, "x"), filepath.Join(dir, "missing", "x")} {
		_, err := set.Create(path)
		require.Equal(t, fault.Resources, fault.Of(err))
		require.ErrorContains(t, err, path)
	}
	require.Equal(t, []string{"file"}, entries(t, dir))

	socket := filepath.Join(dir, "socket")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	_, err = set.Create(socket)
	require.Equal(t, fault.Resources, fault.Of(err))
	require.ErrorContains(t, err, "not a regular file")
	require.Equal(t, []string{"file", "socket"}, entries(t, dir))
}
