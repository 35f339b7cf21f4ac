package backend

import (
	"context"
	"os"

	"github.com/trtbuild/trtbuild/internal/sdk"
	"github.com/trtbuild/trtbuild/trt/native"
)

// Report is what a machine has for building engines.
type Report struct {
	Backends  []string        `json:"backends"` // compiled into this program
	Chosen    string          `json:"chosen"`   // the library that auto takes; empty when there is none
	Libraries []LibraryReport `json:"libraries"`
	Shims     []ShimReport    `json:"shims"`
	Headers   []sdk.Headers   `json:"headers"` // of TensorRT, for compiling shims
	GPU       bool            `json:"gpu"`     // an NVIDIA driver is loaded
	Problems  []Problem       `json:"problems"`
}

// LibraryReport is one place where a library may be.
type LibraryReport struct {
	Source string `json:"source"` // in words
	Path   string `json:"path"`
	Usable bool   `json:"usable"`
	// Library is what was opened; nil when it is not usable.
	Library *native.Library `json:"library,omitempty"`
	Product string          `json:"product,omitempty"`
	Reason  string          `json:"reason,omitempty"` // why it is not usable
}

// ShimReport is one ABI family.
type ShimReport struct {
	native.Shim
	Found  bool   `json:"found"`
	Reason string `json:"reason,omitempty"`
}

// Problem is something that is missing and the command that mends it.
type Problem struct {
	What string `json:"what"`
	Next string `json:"next"`
}

// Doctor looks at everything that Open would, and says what is missing. Only
// the context's end is an error.
func Doctor(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Backends: Compiled(), Headers: sdk.FindHeaders(), GPU: hasDriver()}
	for _, s := range native.Shims(o.Bridge) {
		r.Shims = append(r.Shims, ShimReport{s, s.Err == nil, reason(s.Err)})
	}
	for _, c := range candidates(Auto, o.Library) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l := examine(c, o)
		if l.Usable && r.Chosen == "" {
			r.Chosen = l.Path
		}
		r.Libraries = append(r.Libraries, l)
	}
	r.Problems = r.problems()
	return r, nil
}

func examine(c candidate, o Options) LibraryReport {
	b, err := native.Open(native.Options{Library: c.path, Bridge: o.Bridge, Log: o.Log})
	if err != nil {
		return LibraryReport{Source: c.source, Path: c.path, Reason: err.Error()}
	}
	defer b.Close()
	l := b.Library()
	return LibraryReport{Source: c.source, Path: c.path, Usable: true, Library: &l, Product: l.Product.String()}
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (r *Report) problems() []Problem {
	if !native.Compiled {
		return []Problem{{"this program was not built with TensorRT; it has the mock only", "build it with `make`"}}
	}
	var all []Problem
	found := false
	for _, s := range r.Shims {
		found = found || s.Found
	}
	if !found {
		all = append(all, Problem{"there is no shim", "`make bridge` in the source tree"})
	}
	if r.Chosen == "" {
		all = append(all, Problem{"there is no TensorRT library that can build here", "trtbuild sdk install"})
	}
	return all
}

// hasDriver looks for the device files of NVIDIA's driver.
func hasDriver() bool {
	for _, device := range []string{"/dev/nvidiactl", "/dev/dxg"} {
		if _, err := os.Stat(device); err == nil {
			return true
		}
	}
	return false
}
