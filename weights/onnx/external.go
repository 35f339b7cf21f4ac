package onnx

import (
	"crypto/sha1" //nolint:gosec // the format's checksum, not a signature
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/raw"
)

// location is what external_data says, as it is written.
type location struct {
	path, offset, length, checksum string
}

// folder opens files in the folder of a model and nowhere else.
type folder struct {
	dir   string
	root  *os.Root
	files map[string]*externalFile
}

// externalFile is a file with values of a model.
type externalFile struct {
	*os.File
	size     int64
	checksum string // hexadecimal; empty: none
	once     sync.Once
	err      error // of the checksum
}

func (d *folder) close() (err error) {
	if d == nil || d.root == nil {
		return nil
	}
	for _, f := range d.files {
		err = errors.Join(err, f.Close())
	}
	return errors.Join(err, d.root.Close())
}

// outside finds the values in an external file.
func (w *walker) outside(t tensorProto, tensor *weights.Tensor) error {
	l := t.external
	bad := func(problem, expected, found, next string, cause error) error {
		return &weights.Error{
			Kind: fault.BadInput, File: w.name, Offset: t.at, Problem: problem, Expected: expected, Found: found, Next: next, Err: cause,
		}
	}
	const again = "export the model again"
	file := fmt.Sprintf("external file %q", l.path)
	switch {
	case l.path == "":
		return bad("external values", "a location", "none", again, nil)
	case leaves(l.path):
		return bad("external values", "a file in the model's folder", strconv.Quote(l.path), "a model that reads other files is not to be trusted: get it from its author", nil)
	case w.external == nil:
		return &weights.Error{
			Kind: fault.Unsupported, File: w.name, Offset: t.at, Expected: "all values inside the model", Found: file, Next: "open the model by its path",
		}
	}
	offset, err := number(l.offset, 0)
	if err != nil {
		return bad(file, "an offset in bytes", strconv.Quote(l.offset), again, nil)
	}
	need := tensor.Count * int64(tensor.Type.Size())
	length, err := number(l.length, need)
	if err != nil || length != need {
		return bad(file, fmt.Sprintf("a length of %d bytes for shape %v of %s", need, t.dims, typeName(t.dataType)), strconv.Quote(l.length), again, nil)
	}
	x, err := w.external.open(l.path)
	var problem *weights.Error
	switch {
	case errors.As(err, &problem):
		problem.File, problem.Offset, problem.Problem = w.name, t.at, file
		return problem
	case errors.Is(err, fs.ErrNotExist):
		return bad(file, "", "", "put it beside the model: it holds the model's weights", fs.ErrNotExist)
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return &weights.Error{Kind: fault.Resources, File: w.name, Offset: t.at, Problem: file, Err: cause(err), Next: "raise the limit of open files"}
	case err != nil:
		return bad(file, "", "", "it must be in the model's folder: put a copy beside the model", cause(err))
	case offset > x.size-length:
		return bad(file, fmt.Sprintf("%d bytes from offset %d on", length, offset), fmt.Sprintf("a file of %d bytes", x.size), "it was cut short or belongs to another model: download it again", nil)
	}
	if l.checksum != "" {
		if sum, err := hex.DecodeString(l.checksum); err != nil || len(sum) != sha1.Size {
			return bad(file, "a SHA-1 checksum", strconv.Quote(l.checksum), again, nil)
		}
		sum := strings.ToLower(l.checksum)
		if x.checksum != "" && x.checksum != sum {
			return bad(file, "checksum "+x.checksum+" as before", sum, again, nil)
		}
		x.checksum = sum
	}
	tensor.File, tensor.Offset, tensor.Source = filepath.Base(l.path), offset, raw.Source{R: x}
	return nil
}

// leaves reports whether a location is anything but a path down from the
// model's folder. The format writes paths with slashes.
func leaves(path string) bool {
	return !filepath.IsLocal(filepath.FromSlash(path)) || strings.ContainsRune(path, 0) || slices.Contains(strings.Split(path, "/"), "..")
}

// number parses a number of bytes; the empty text is otherwise.
func number(text string, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err
}

// cause strips the operation and path that the message already has.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// open opens a file of the folder once.
func (d *folder) open(path string) (*externalFile, error) {
	path = filepath.Clean(filepath.FromSlash(path))
	if x := d.files[path]; x != nil {
		return x, nil
	}
	if d.root == nil {
		root, err := os.OpenRoot(d.dir)
		if err != nil {
			return nil, err
		}
		d.root, d.files = root, map[string]*externalFile{}
	}
	// Stat first: opening a named pipe would block.
	info, err := d.root.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &weights.Error{Kind: fault.BadInput, Expected: "a regular file", Found: info.Mode().Type().String(), Next: "put the file itself beside the model"}
	}
	f, err := d.root.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	x := &externalFile{File: f, size: info.Size()}
	d.files[path] = x
	return x, nil
}

// ReadAt reads from the file once its checksum is known to be right.
func (x *externalFile) ReadAt(p []byte, off int64) (int, error) {
	if x.checksum != "" {
		x.once.Do(func() { x.err = x.verify() })
		if x.err != nil {
			return 0, x.err
		}
	}
	return x.File.ReadAt(p, off)
}

func (x *externalFile) verify() error {
	h := sha1.New() //nolint:gosec // the format's checksum, not a signature
	if _, err := io.CopyBuffer(h, io.NewSectionReader(x.File, 0, x.size), make([]byte, 256<<10)); err != nil {
		return err
	}
	if sum := hex.EncodeToString(h.Sum(nil)); sum != x.checksum {
		return fmt.Errorf("the model expects SHA-1 %s of it, found %s", x.checksum, sum)
	}
	return nil
}
