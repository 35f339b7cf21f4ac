//go:build tensorrt && cgo

package cbridge

// #include "bridge.h"
import "C"

import "strings"

// Code is what kind of failure an Error is.
type Code int

// The codes.
const (
	BadArgument  Code = C.TB_ERR_ARGUMENT
	NoLibrary    Code = C.TB_ERR_NO_LIBRARY
	NotTensorRT  Code = C.TB_ERR_NOT_TENSORRT
	WrongFamily  Code = C.TB_ERR_WRONG_FAMILY
	BadVersion   Code = C.TB_ERR_BAD_VERSION
	NoBuilder    Code = C.TB_ERR_NO_BUILDER
	NoPlugin     Code = C.TB_ERR_NO_PLUGIN
	Unsupported  Code = C.TB_ERR_UNSUPPORTED
	Refused      Code = C.TB_ERR_REFUSED
	Canceled     Code = C.TB_ERR_CANCELED
	OutOfMemory  Code = C.TB_ERR_OUT_OF_MEMORY
	ShimInternal Code = C.TB_ERR_INTERNAL
)

// Phase is where a failure happened.
type Phase int

// The phases.
const (
	PhaseLibrary Phase = C.TB_PHASE_LIBRARY
	PhaseBuilder Phase = C.TB_PHASE_BUILDER
	PhaseNetwork Phase = C.TB_PHASE_NETWORK
	PhaseConfig  Phase = C.TB_PHASE_CONFIG
	PhaseBuild   Phase = C.TB_PHASE_BUILD
)

// Error is a failed call.
type Error struct {
	Code    Code
	Phase   Phase
	Layer   string // layer, tensor or network the call was about; may be empty
	Message string // one sentence of the shim's
	Native  string // TensorRT's own words, one record a line; may be empty
	Log     string // the last lines TensorRT logged before; may be empty
}

// Error prints layer, message and TensorRT's words.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Layer != "" {
		b.WriteString(e.Layer + ": ")
	}
	b.WriteString(e.Message)
	if e.Native != "" {
		b.WriteString(": " + e.Native)
	}
	return b.String()
}

// failed takes over an owned error; nil means the call did what was asked.
func (a *API) failed(err *C.tb_error) error {
	if err == nil {
		return nil
	}
	defer C.tb_error_free(a.c, err)
	var info C.tb_error_info
	C.tb_error_describe(a.c, err, &info)
	return &Error{
		Code: Code(info.code), Phase: Phase(info.phase), Layer: C.GoString(info.layer),
		Message: C.GoString(info.message), Native: C.GoString(info.native), Log: C.GoString(info.log),
	}
}
