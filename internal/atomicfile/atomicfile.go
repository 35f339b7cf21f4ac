// Package atomicfile writes files that appear whole or not at all: under a
// temporary name beside the target, synced, then renamed into place. A Set
// remembers what is unfinished, so that an impatient interrupt can remove it.
package atomicfile

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Set keeps track of unfinished files. The zero value is ready; it is safe for
// concurrent use.
type Set struct {
	mu   sync.Mutex
	open map[*File]struct{}
}

// File is an unfinished file. Exactly one of Commit and Abort ends it; Abort
// after Commit does nothing, so it can be deferred.
type File struct {
	*os.File
	path string
	set  *Set
}

// Create starts a file that will be path. That the place cannot be written is
// found here, before any work is done for it.
func (s *Set) Create(path string) (*File, error) {
	switch st, err := os.Stat(path); {
	case err != nil:
	case st.IsDir():
		return nil, unwritable(path, errors.New("it is a directory"))
	case !st.Mode().IsRegular():
		// The rename would put a file in the place of the device or pipe.
		return nil, unwritable(path, errors.New("it is not a regular file"))
	}
	dir, base := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	tmp, err := os.CreateTemp(dir, "."+base+".*.tmp")
	if err != nil {
		return nil, unwritable(path, cause(err))
	}
	f := &File{File: tmp, path: path, set: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[*File]struct{}{}
	}
	s.open[f] = struct{}{}
	return f, nil
}

// Abort removes every unfinished file.
func (s *Set) Abort() {
	s.mu.Lock()
	files := make([]*File, 0, len(s.open))
	for f := range s.open {
		files = append(files, f)
	}
	s.mu.Unlock()
	for _, f := range files {
		f.Abort()
	}
}

// Commit syncs the file and renames it into place with the given mode. Until
// that is done it stays in the set, as syncing a large file takes its time; who
// is told to stop meanwhile, by the context, leaves no file.
func (f *File) Commit(ctx context.Context, mode fs.FileMode) error {
	rename := func() error { return os.Rename(f.Name(), f.path) }
	for _, step := range []func() error{f.Sync, func() error { return f.Chmod(mode) }, f.Close, rename} {
		if err := ctx.Err(); err != nil {
			f.Abort()
			return err
		}
		if err := step(); err != nil {
			f.Abort()
			return unwritable(f.path, cause(err))
		}
	}
	f.forget()
	return nil
}

// Abort removes the file.
func (f *File) Abort() {
	if f.forget() {
		f.Close()
		os.Remove(f.Name())
	}
}

// Write is os.File's, with a full disk or a size limit told as what it is.
func (f *File) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil {
		err = unwritable(f.path, cause(err))
	}
	return n, err
}

// forget takes f out of the set and reports whether it was in it.
func (f *File) forget() bool {
	f.set.mu.Lock()
	defer f.set.mu.Unlock()
	_, ok := f.set.open[f]
	delete(f.set.open, f)
	return ok
}

func unwritable(path string, err error) error {
	return fault.New(fault.Resources, "choose another place or make room there", "cannot write %s: %w", path, err)
}

// cause strips the temporary name from an error: the person knows only the
// target's.
func cause(err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		return pe.Err
	case errors.As(err, &le):
		return le.Err
	}
	return err
}
