package sdk

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// Notice is what a person is told before and after the library is fetched.
const Notice = "The library is NVIDIA's, not part of trtbuild. By installing and using it you accept NVIDIA's " +
	"software license agreement, which lies beside it."

// wheel is a package of the Python index, fixed by its digest.
type wheel struct{ name, version, sha256 string }

// rtxWheel is NVIDIA's wheel of TensorRT-RTX.
var rtxWheel = wheel{"tensorrt-rtx-cu13-libs", "1.7.1.116", "e3fd45fed001240d63304e77a2d4006319b839994237cb294b6e7ad72acaabcd"}

// licenseName is the licence's name in the wheel and beside the library.
const licenseName = "LICENSE.txt"

// parserName is NVIDIA's ONNX parser, which its Python binding wants beside the
// library.
const parserName = "libtensorrt_onnxparser_rtx.so.1"

// InstallOptions of Install. The zero value fetches into Dir.
type InstallOptions struct {
	Wheel string    // a wheel that is there already; empty: pip fetches it
	Out   io.Writer // pip's messages; nil: dropped
}

// Installed is what Install put in place, or found there.
type Installed struct {
	Library string `json:"library"`
	License string `json:"license"`
	Version string `json:"version"`
	Bytes   int64  `json:"bytes"` // of the library
	Already bool   `json:"already_installed"`
}

// Install puts the TensorRT-RTX library and its licence into the user's cache,
// out of NVIDIA's wheel, which the user's own pip fetches. The wheel must have
// the expected SHA-256; the directory appears whole or not at all. What is
// installed already is left alone.
func Install(ctx context.Context, o InstallOptions) (*Installed, error) {
	dir, err := Dir()
	if err != nil {
		return nil, fault.New(fault.Environment, "set TRTBUILD_SDK_DIR", "there is no user cache: %w", err)
	}
	return rtxWheel.install(ctx, dir, o)
}

func (w wheel) install(ctx context.Context, dir string, o InstallOptions) (*Installed, error) {
	lib := filepath.Join(dir, "lib")
	if there, ok := w.installed(lib); ok {
		there.Already = true
		return there, nil
	}
	tmp, err := temporary(dir)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	file := o.Wheel
	if file == "" {
		if file, err = w.download(ctx, tmp, o.Out); err != nil {
			return nil, err
		}
	}
	fresh := filepath.Join(tmp, "lib")
	if err := w.unpack(file, fresh); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// What is replaced is incomplete or of another version.
	if err := os.RemoveAll(lib); err != nil {
		return nil, unwritable(lib, err)
	}
	if err := os.Rename(fresh, lib); err != nil {
		return nil, unwritable(lib, err)
	}
	there, ok := w.installed(lib)
	if !ok {
		return nil, fmt.Errorf("%s is not what was put there", lib)
	}
	return there, nil
}

// installed describes what lies in lib when it is this wheel's.
func (w wheel) installed(lib string) (*Installed, bool) {
	mark, err := os.ReadFile(filepath.Join(lib, ".sha256"))
	if err != nil || strings.TrimSpace(string(mark)) != w.sha256 {
		return nil, false
	}
	there := &Installed{Library: filepath.Join(lib, LibraryName), License: filepath.Join(lib, licenseName), Version: w.version}
	for _, name := range []string{parserName, LibraryName} {
		st, err := os.Stat(filepath.Join(lib, name))
		if err != nil {
			return nil, false
		}
		there.Bytes = st.Size()
	}
	return there, true
}

func temporary(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", unwritable(dir, err)
	}
	tmp, err := os.MkdirTemp(dir, ".tmp.")
	if err != nil {
		return "", unwritable(dir, err)
	}
	return tmp, nil
}

// unpack checks the wheel's digest and takes library and licence out of it.
func (w wheel) unpack(file, dir string) error {
	if err := w.check(file); err != nil {
		return err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return fault.New(fault.BadInput, "", "%s is no wheel: %w", file, err)
	}
	defer z.Close()
	if err := os.Mkdir(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	wanted := []string{LibraryName, parserName, licenseName}
	missing := map[string]bool{}
	for _, name := range wanted {
		missing[name] = true
	}
	for _, f := range z.File {
		name := path.Base(f.Name)
		if !missing[name] {
			continue
		}
		if err := extract(f, filepath.Join(dir, name)); err != nil {
			return err
		}
		delete(missing, name)
	}
	for _, name := range wanted {
		if missing[name] {
			return fault.New(fault.BadInput, "", "%s has no %s in it", file, name)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, ".sha256"), []byte(w.sha256+"\n"), 0o644); err != nil {
		return unwritable(dir, err)
	}
	return nil
}

func (w wheel) check(file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.New(fault.BadInput, "", "cannot read the wheel: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fault.New(fault.BadInput, "", "cannot read the wheel: %w", err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != w.sha256 {
		return fault.New(fault.BadInput, fmt.Sprintf("give the wheel of %s %s for this machine", w.name, w.version),
			"%s has SHA-256 %s, expected %s", file, got, w.sha256)
	}
	return nil
}

func extract(f *zip.File, to string) error {
	r, err := f.Open()
	if err != nil {
		return fault.New(fault.BadInput, "", "%s in the wheel: %w", f.Name, err)
	}
	defer r.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return unwritable(to, err)
	}
	defer out.Close()
	if _, err := io.Copy(out, r); err != nil {
		if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) {
			return fault.New(fault.BadInput, "", "%s in the wheel: %w", f.Name, err)
		}
		return unwritable(to, err)
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return unwritable(to, err)
	}
	return nil
}

func unwritable(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return fault.New(fault.Resources, "make room there, or set TRTBUILD_SDK_DIR to another place", "cannot write %s: %w", path, err)
}
