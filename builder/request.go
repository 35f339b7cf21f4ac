package builder

import (
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/load"
)

// Precision is what the layers of an engine may be typed.
type Precision string

// The precisions.
const (
	FP32 Precision = "fp32" // every layer FP32
	FP16 Precision = "fp16" // FP16 where the ranges allow, FP32 elsewhere
)

// Request says what to build. Only Weights is required.
type Request struct {
	Weights   string      // path of the weight file
	Format    load.Format // the only format that Weights may have; default: any
	Key       string      // the state dict to take from a PyTorch checkpoint; default: the reader's choice
	Network   zoo.Options // batch, size, constants that most weight files lack
	Precision Precision   // default FP32
	KeepFP32  []string    // globs of layer names that stay FP32
	NoTF32    bool        // FP32 layers must not round their inputs to TF32
	Workspace int64       // bytes of scratch memory for a layer at most; 0: the library's default

	// ComputeCapabilities narrows the GPUs, as 86 for 8.6; empty means the
	// library's portable default.
	ComputeCapabilities []int

	Log      *slog.Logger    // the library's log; nil: dropped
	Progress func(Stage)     // called as the work moves on; may be nil
	Phase    func(trt.Phase) // called by the library's build; may be nil
}

// withDefaults fills in what a zero field stands for.
func (r Request) withDefaults() Request {
	if r.Precision == "" {
		r.Precision = FP32
	}
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Progress == nil {
		r.Progress = func(Stage) {}
	}
	return r
}

// EngineName returns the default name of the engine: NAME.fp16.plan beside the
// weights, or NAME.fp16.mockplan for the mock.
func (r Request) EngineName(backend string) string {
	stem := strings.TrimSuffix(r.Weights, filepath.Ext(r.Weights))
	suffix := ".plan"
	if backend == "mock" {
		suffix = ".mockplan"
	}
	return stem + "." + string(r.withDefaults().Precision) + suffix
}
