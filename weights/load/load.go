package load

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/internal/input"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// Open indexes the weight file at path. Errors are *weights.Error: a file that
// is missing comes with the files that may have been meant, one of another
// kind with what it is.
func Open(path string) (weights.Map, error) {
	format, err := sniff(path)
	if err != nil {
		return nil, err
	}
	switch format {
	case input.WTS:
		f, err := wts.Open(path)
		if err != nil {
			return nil, err
		}
		return f, nil
	default:
		return nil, refuse(format, path)
	}
}

// refuse says what a file is instead. A format that could be supported one day
// is bad input all the same when the file's name claims another.
func refuse(format input.Format, path string) error {
	if strings.EqualFold(filepath.Ext(path), ".wts") {
		e := format.Refuse(path, "a .wts file")
		e.Kind = fault.BadInput
		return e
	}
	return format.Refuse(path, "a weight file")
}

func sniff(path string) (input.Format, error) {
	f, size, err := input.Open(path)
	if err != nil {
		return input.Unknown, err
	}
	defer f.Close()
	format, err := input.Sniff(f, size)
	if err != nil {
		return input.Unknown, readError(path, err)
	}
	return format, nil
}

func readError(path string, err error) error {
	var e *weights.Error
	if errors.As(err, &e) {
		return err
	}
	return &weights.Error{Kind: fault.BadInput, File: path, Problem: "cannot be read", Err: err}
}
