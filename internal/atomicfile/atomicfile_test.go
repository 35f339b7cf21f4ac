package atomicfile_test

import (
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
	require.NoError(t, f.Commit(0o644))
	f.Abort()
	require.Equal(t, []string{"a"}, entries(t, dir))
	b, err := os.ReadFile(filepath.Join(dir, "a"))
	require.NoError(t, err)
	require.Equal(t, "whole", string(b))

	g, err := set.Create(filepath.Join(dir, "b"))
	require.NoError(t, err)
	set.Abort()
	require.Equal(t, []string{"a"}, entries(t, dir))
	require.Equal(t, fault.Resources, fault.Of(g.Commit(0o644)))
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
}
