//go:build tensorrt && cgo && !embedbridge

package cbridge

import "errors"

func embedded(string) ([]byte, error) { return nil, errors.New("built without the tag embedbridge") }
