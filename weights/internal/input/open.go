package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/spelling"
	"github.com/trtbuild/trtbuild/weights"
)

// Open opens a regular file for positioned reads and returns its size. A path
// that cannot be read is a *weights.Error that says why and what is nearby.
func Open(path string) (*os.File, int64, error) {
	bad := func(problem, next string, cause error) (*os.File, int64, error) {
		return nil, 0, &weights.Error{Kind: fault.BadInput, File: path, Problem: problem, Next: next, Err: cause}
	}
	if path == "" {
		return bad("no file name given", "name the weight file", nil)
	}
	// Stat first: opening a named pipe would block.
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad("", suggest(path), missing(path))
	case errors.Is(err, fs.ErrPermission):
		return bad("", "check the permissions of the folder", fs.ErrPermission)
	case err != nil:
		return bad("cannot be opened", "", cause(err))
	case info.IsDir():
		return bad("is a directory", "name the weight file inside it", nil)
	case !info.Mode().IsRegular():
		return bad("is not a regular file", "values are read by position: write the stream to a file first", nil)
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return bad("", "check the permissions of the file", fs.ErrPermission)
	case err != nil:
		return bad("cannot be opened", "", cause(err))
	}
	return f, info.Size(), nil
}

// cause strips the operation and path that the message already has.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// missing is fs.ErrNotExist and from where a relative path was looked up.
func missing(path string) error {
	if !filepath.IsAbs(path) {
		if wd, err := os.Getwd(); err == nil {
			return fmt.Errorf("%w (working directory %s)", fs.ErrNotExist, wd)
		}
	}
	return fs.ErrNotExist
}

// suggest names the files that were probably meant.
func suggest(path string) string {
	dir := filepath.Dir(path)
	if _, err := os.Stat(dir); err != nil {
		return fmt.Sprintf("there is no folder %s either", dir)
	}
	near := nearest(dir, filepath.Base(path))
	if len(near) == 0 {
		return "check the path"
	}
	return "did you mean " + strings.Join(near, ", ") + "?"
}

// weightExtensions are the names that weight files go by.
var weightExtensions = []string{".wts", ".pth", ".pt", ".safetensors", ".onnx", ".caffemodel", ".bin", ".ckpt"}

// nearest returns at most three files of dir that may have been meant by name.
func nearest(dir, name string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	type candidate struct {
		path string
		cost int
	}
	want := strings.ToLower(name)
	stem := strings.TrimSuffix(want, filepath.Ext(want))
	var found []candidate
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		have := strings.ToLower(e.Name())
		cost := spelling.Distance(want, have, max(len(want), len(have)))
		if strings.TrimSuffix(have, filepath.Ext(have)) == stem {
			cost = min(cost, 1)
		}
		limit := max(2, len(want)/3)
		if cost > limit && !slices.Contains(weightExtensions, filepath.Ext(have)) {
			continue
		}
		found = append(found, candidate{filepath.Join(dir, e.Name()), cost})
	}
	slices.SortFunc(found, func(a, b candidate) int {
		if a.cost != b.cost {
			return a.cost - b.cost
		}
		return strings.Compare(a.path, b.path)
	})
	var names []string
	for _, c := range found[:min(3, len(found))] {
		names = append(names, c.path)
	}
	return names
}
