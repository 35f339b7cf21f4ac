package sdk

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Headers are TensorRT headers on this machine.
type Headers struct {
	Dir     string `json:"dir"`
	Product string `json:"product"` // "TensorRT-RTX" or "TensorRT"
	Version string `json:"version"` // major.minor.patch
}

// FindHeaders lists the headers that CMake would find, in its order.
func FindHeaders() []Headers {
	var dirs []string
	if root := os.Getenv("TENSORRT_ROOT"); root != "" {
		dirs = append(dirs, filepath.Join(root, "include"))
	}
	system, _ := filepath.Glob("/usr/include/*-linux-gnu")
	dirs = append(append(dirs, system...), "/usr/include", "/usr/local/include")
	if dir, err := Dir(); err == nil {
		fetched, _ := filepath.Glob(filepath.Join(dir, "headers", "TensorRT-Headers", "TRT-*"))
		dirs = append(dirs, fetched...)
	}
	found := []Headers{}
	for _, dir := range dirs {
		if text, err := os.ReadFile(filepath.Join(dir, "NvInferVersion.h")); err == nil {
			found = append(found, parseHeaders(dir, string(text)))
		}
	}
	return found
}

var versionMacro = regexp.MustCompile(`(?m)^#define (?:TRT|NV_TENSORRT)_(MAJOR|MINOR|PATCH)(_RTX|_ENTERPRISE)? (\d+)`)

func parseHeaders(dir, text string) Headers {
	h := Headers{Dir: dir, Product: "TensorRT"}
	parts := map[string]string{}
	for _, m := range versionMacro.FindAllStringSubmatch(text, -1) {
		parts[m[1]] = m[3]
		if m[2] == "_RTX" {
			h.Product = "TensorRT-RTX"
		}
	}
	h.Version = strings.Join([]string{parts["MAJOR"], parts["MINOR"], parts["PATCH"]}, ".")
	return h
}
