//go:build tensorrt && cgo

package cbridge

/*
#include "bridge.h"

void trtbridge_log(uintptr_t data, int32_t severity, tb_string text);
int32_t trtbridge_progress(uintptr_t data, int32_t event, tb_string phase, tb_string parent, int32_t step, int32_t steps);
*/
import "C"

import (
	"fmt"
	"runtime/cgo"
	"runtime/debug"
	"sync"
)

// Severity of a log line. A smaller number is worse.
type Severity int

// The severities.
const (
	Fatal   Severity = C.TB_LOG_FATAL
	Failure Severity = C.TB_LOG_ERROR
	Warning Severity = C.TB_LOG_WARNING
	Info    Severity = C.TB_LOG_INFO
	Verbose Severity = C.TB_LOG_VERBOSE
)

// LogFunc receives TensorRT's log lines, from any thread and during any call.
type LogFunc func(s Severity, text string)

// Event is what a Progress tells of its phase.
type Event int

// The events.
const (
	Start  Event = C.TB_PROGRESS_START
	Step   Event = C.TB_PROGRESS_STEP
	Finish Event = C.TB_PROGRESS_FINISH
)

// Progress is one step of a build.
type Progress struct {
	Event  Event
	Phase  string
	Parent string // the phase this one is part of; may be empty
	Step   int    // of a Step, from 0
	Steps  int    // of a Start
}

// ProgressFunc is told of a build's progress; returning false cancels the build
// at its next step.
type ProgressFunc func(Progress) bool

// PanicError is a panic of a callback. It must not unwind through C, so it is
// caught there and comes back as the error of the call that it happened in.
type PanicError struct {
	Value any
	Stack []byte
}

// Error prints the value that was panicked with.
func (e *PanicError) Error() string { return fmt.Sprintf("callback panicked: %v", e.Value) }

// callback is what a cgo.Handle given to C stands for.
type callback[F any] struct {
	call   F
	handle cgo.Handle

	mu       sync.Mutex
	panicked *PanicError
}

func newCallback[F any](f F) *callback[F] {
	c := &callback[F]{call: f}
	c.handle = cgo.NewHandle(c)
	return c
}

// caught is deferred around every call.
func (c *callback[F]) caught() {
	if v := recover(); v != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.panicked == nil {
			c.panicked = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}
}

// err returns the first panic and forgets it.
func (c *callback[F]) err() error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.panicked
	c.panicked = nil
	if p == nil {
		return nil
	}
	return p
}

func (c *callback[F]) free() {
	if c != nil {
		c.handle.Delete()
	}
}

//export trtbridge_log
func trtbridge_log(data C.uintptr_t, severity C.int32_t, text C.tb_string) {
	c := cgo.Handle(data).Value().(*callback[LogFunc])
	defer c.caught()
	c.call(Severity(severity), C.GoString(text))
}

//export trtbridge_progress
func trtbridge_progress(data C.uintptr_t, event C.int32_t, phase, parent C.tb_string, step, steps C.int32_t) (cancel C.int32_t) {
	c := cgo.Handle(data).Value().(*callback[ProgressFunc])
	cancel = 1 // also after a panic
	defer c.caught()
	if c.call(Progress{Event(event), C.GoString(phase), C.GoString(parent), int(step), int(steps)}) {
		cancel = 0
	}
	return cancel
}
