package agree

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/trtbuild/trtbuild/trt"
)

// Stage is where a layer is refused.
type Stage string

// The stages, in their order. Accepted is the end.
const (
	Record   Stage = "record"   // ours: by the recorder
	Check    Stage = "check"    // ours: by the mock's build
	Define   Stage = "define"   // theirs: when it is added and asked for its shapes
	Build    Stage = "build"    // theirs: in the build
	Crash    Stage = "crash"    // theirs: the process died
	Accepted Stage = "accepted" // with outputs
)

// Answer is what one side says of a configuration.
type Answer struct {
	Stage   Stage
	Text    string // of the refusal
	Outputs []trt.Info
}

// Ours asks the recorder, then the mock's build. What needs a GPU is recorded
// for Enterprise, which the mock of TensorRT-RTX does not build.
func Ours(c Config, mock trt.Backend) Answer {
	target := mock.Target()
	if c.NeedsGPU {
		target = c.Target()
	}
	n := c.Network(target)
	if err := n.Validate(); err != nil {
		return Answer{Stage: Record, Text: err.Error()}
	}
	err := n.CheckProfiles(c.Profiles())
	if err == nil && !c.NeedsGPU {
		_, err = mock.Build(context.Background(), n, trt.Config{Profiles: c.Profiles()}, io.Discard)
	}
	if err != nil {
		return Answer{Stage: Check, Text: err.Error()}
	}
	a := Answer{Stage: Accepted}
	l, _ := n.Layer("layer")
	for _, y := range l.Outputs {
		a.Outputs = append(a.Outputs, y.Info())
	}
	return a
}

// Differ says in what two answers differ, and nothing when they agree: both
// refuse, or both accept with the same outputs.
func Differ(ours, theirs Answer) string {
	switch {
	case ours.Stage != Accepted && theirs.Stage != Accepted:
		return ""
	case theirs.Stage != Accepted:
		return fmt.Sprintf("we take it, %v; the library refuses it (%s): %s", ours.Outputs, theirs.Stage, theirs.Text)
	case ours.Stage != Accepted:
		return fmt.Sprintf("we refuse it (%s): %s; the library takes it, %v", ours.Stage, ours.Text, theirs.Outputs)
	case !slices.EqualFunc(ours.Outputs, theirs.Outputs, func(a, b trt.Info) bool { return a.Type == b.Type && a.Dims.Equal(b.Dims) }):
		return fmt.Sprintf("we infer %v, the library %v", ours.Outputs, theirs.Outputs)
	}
	return ""
}
