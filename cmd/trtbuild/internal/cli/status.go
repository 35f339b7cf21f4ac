package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
)

// status tells what is going on while a build runs: a line a stage, on a
// terminal one line that is redrawn with the time elapsed. It draws no bar:
// the library's compile phase reports nothing while it takes most of the time.
type status struct {
	w        io.Writer
	terminal bool
	events   *json.Encoder // nil: none wanted

	mu    sync.Mutex
	start time.Time
	stage builder.Stage
	phase string
	width int
	stop  chan struct{}
	done  chan struct{}
}

// event is a line of --events.
type event struct {
	Event   string  `json:"event"` // "stage", "phase", "done", "failed"
	Name    string  `json:"name,omitempty"`
	Elapsed float64 `json:"elapsed"` // seconds
	Code    *int    `json:"code,omitempty"`
	Message string  `json:"message,omitempty"`
}

// stageTexts says what each stage does.
var stageTexts = map[builder.Stage]string{
	builder.StageLoad:        "reading the index",
	builder.StageDetect:      "recognising the network",
	builder.StageDefine:      "defining the network",
	builder.StageRanges:      "decoding and measuring weights",
	builder.StagePrecision:   "choosing precisions",
	builder.StageMaterialize: "writing the weights as TensorRT will hold them",
	builder.StageLibrary:     "TensorRT is building",
	builder.StageWrite:       "writing",
}

func (a *app) newStatus(events io.Writer, quiet bool) *status {
	s := &status{w: a.Err, terminal: a.Terminal && !quiet, start: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	if quiet {
		s.w = io.Discard
	}
	if events != nil {
		s.events = json.NewEncoder(events)
	}
	go s.beat()
	return s
}

// beat redraws the line on a terminal, so that a silent phase is seen to live.
func (s *status) beat() {
	defer close(s.done)
	if !s.terminal {
		<-s.stop
		return
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			s.mu.Lock()
			s.draw()
			s.mu.Unlock()
		}
	}
}

// setStage is called as the work moves on.
func (s *status) setStage(stage builder.Stage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stage == s.stage {
		return
	}
	s.stage, s.phase = stage, ""
	s.emit(event{Event: "stage", Name: string(stage)})
	s.draw()
}

// setPhase is called by the library.
func (s *status) setPhase(p trt.Phase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.Name == s.phase {
		return
	}
	s.phase = p.Name
	s.emit(event{Event: "phase", Name: p.Name})
}

func (s *status) emit(e event) {
	if s.events == nil {
		return
	}
	e.Elapsed = time.Since(s.start).Seconds()
	// A reader that went away must not end the build.
	_ = s.events.Encode(e)
}

// draw is called with the lock held.
func (s *status) draw() {
	text := stageTexts[s.stage]
	if !s.terminal {
		fmt.Fprintln(s.w, text)
		return
	}
	if s.phase != "" {
		text += ": " + strings.ToLower(s.phase)
	}
	line := fmt.Sprintf("%5.1f s  %s", time.Since(s.start).Seconds(), text)
	pad := max(0, s.width-len(line))
	s.width = len(line)
	fmt.Fprintf(s.w, "\r%s%s", line, strings.Repeat(" ", pad))
}

// end stops drawing and reports how it went.
func (s *status) end(err error) {
	close(s.stop)
	<-s.done
	if s.terminal && s.width > 0 {
		fmt.Fprintf(s.w, "\r%s\r", strings.Repeat(" ", s.width))
	}
	code := exitCode(err)
	if err != nil {
		s.emit(event{Event: "failed", Code: &code, Message: err.Error()})
		return
	}
	s.emit(event{Event: "done", Code: &code})
}

// openEvents opens the file of --events; "" means none.
func openEvents(path string) (io.WriteCloser, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no events are wanted
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fault.New(fault.Resources, "choose another place with --events", "cannot write events: %w", err)
	}
	return f, nil
}
