//go:build tensorrt && cgo

package cbridge

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/sdk"
)

// Source is where a shim was found.
type Source string

// The sources, in the order in which they are tried.
const (
	Override   Source = "override"
	Embedded   Source = "embedded in the program"
	Executable Source = "beside the program"
	Cache      Source = "the user's cache"
)

// FileName returns the name of a family's shim.
func FileName(family string) string { return "libtrtbridge_" + family + ".so" }

func find(family, override string) (*API, error) {
	if override == "" {
		override = os.Getenv("TRTBUILD_BRIDGE")
	}
	if override != "" {
		if st, err := os.Stat(override); err == nil && st.IsDir() {
			override = filepath.Join(override, FileName(family))
		}
		api, err := open(override, family)
		if err != nil {
			return nil, missing(family, "name a shim of that family with --bridge or TRTBUILD_BRIDGE", err)
		}
		api.Source = Override
		return api, nil
	}
	var failures []error
	for _, place := range []struct {
		source Source
		open   func(family string) (*API, error)
	}{{Embedded, openEmbedded}, {Executable, openBeside}, {Cache, openCached}} {
		api, err := place.open(family)
		if err == nil {
			api.Source = place.source
			return api, nil
		}
		failures = append(failures, fmt.Errorf("%s: %w", place.source, err))
	}
	return nil, missing(family, "run `make bridge` in the source tree, or name one with --bridge or TRTBUILD_BRIDGE", errors.Join(failures...))
}

func missing(family, next string, err error) error {
	return fault.New(fault.Environment, next, "no shim for TensorRT family %s could be opened: %w", family, err)
}

func openBeside(family string) (*API, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if exe, err = filepath.EvalSymlinks(exe); err != nil {
		return nil, err
	}
	return open(filepath.Join(filepath.Dir(exe), FileName(family)), family)
}

func openCached(family string) (*API, error) {
	dir, err := sdk.BridgeDir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, FileName(family))
	if err := private(path); err != nil {
		return nil, err
	}
	return open(path, family)
}
