//go:build tensorrt && cgo && embedbridge

package cbridge

import "embed"

// shimFiles holds the shims that CMake has made.
//
//go:embed shims/*.so
var shimFiles embed.FS

func embedded(family string) ([]byte, error) { return shimFiles.ReadFile("shims/" + FileName(family)) }
