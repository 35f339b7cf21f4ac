//go:build tensorrt && cgo

package cbridge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/trtbuild/trtbuild/internal/atomicfile"
	"github.com/trtbuild/trtbuild/internal/sdk"
)

// openEmbedded loads a shim out of this program.
func openEmbedded(family string) (*API, error) {
	code, err := embedded(family)
	if err != nil {
		return nil, err
	}
	return openCode(family, code, openMemory)
}

// openCode loads a shim that is at hand as bytes: from memory, which works on
// read-only and noexec disks, else, where there is no memfd or no /proc, from a
// file in the user's cache.
func openCode(family string, code []byte, memory func(string, []byte) (*API, error)) (*API, error) {
	api, inMemory := memory(family, code)
	if inMemory == nil {
		return api, nil
	}
	api, inFile := openUnpacked(family, code)
	if inFile == nil {
		return api, nil
	}
	return nil, fmt.Errorf("from memory: %w; from a file: %w", inMemory, inFile)
}

func openUnpacked(family string, code []byte) (*API, error) {
	dir, err := sdk.BridgeDir()
	if err != nil {
		return nil, err
	}
	path, err := unpack(dir, family, code)
	if err != nil {
		return nil, err
	}
	return open(path, family)
}

// unpack writes a shim into dir under a name made from its hash, unless it is
// there already, and returns its path.
func unpack(dir, family string, code []byte) (string, error) {
	path := filepath.Join(dir, fmt.Sprintf("%x-%s", sha256.Sum256(code), FileName(family)))
	if err := private(path); err == nil {
		if there, err := os.ReadFile(path); err == nil && bytes.Equal(there, code) {
			return path, nil
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	var files atomicfile.Set
	f, err := files.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Abort()
	if _, err := f.Write(code); err != nil {
		return "", err
	}
	if err := f.Commit(context.Background(), 0o700); err != nil {
		return "", err
	}
	return path, private(path)
}
