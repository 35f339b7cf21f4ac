package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/trtbuild/trtbuild/internal/atomicfile"
)

// Streams is where a run of the command reads and writes.
type Streams struct {
	Out io.Writer // results
	Err io.Writer // status and errors
	// Terminal says that Err is one, so that a line of progress may be redrawn.
	Terminal bool
	// Color says that Err may be coloured.
	Color bool
}

// System returns the process's own streams.
func System() Streams {
	terminal := term.IsTerminal(int(os.Stderr.Fd()))
	return Streams{Out: os.Stdout, Err: os.Stderr, Terminal: terminal, Color: terminal && os.Getenv("NO_COLOR") == ""}
}

// app is one run of the command.
type app struct {
	Streams
	// files are the unfinished output files, removed at a second interrupt.
	files  atomicfile.Set
	cancel context.CancelCauseFunc
}

// Main runs the command with its arguments and returns the exit code.
func Main(args []string, s Streams) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	a := &app{Streams: s, cancel: cancel}
	stop := a.watchSignals(cancel)
	defer stop()

	root := newRoot(a)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err != nil {
		a.report(ctx, err)
	}
	return exitCode(ctx, err)
}

// watchSignals cancels at the first interrupt; at the second it removes what
// is unfinished and leaves. TensorRT cannot always be stopped at once.
func (a *app) watchSignals(cancel context.CancelCauseFunc) (stop func()) {
	tameFileSizeSignal()
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		for first := true; ; first = false {
			select {
			case <-done:
				return
			case sig := <-ch:
				cause := signalled{sig}
				if !first {
					a.files.Abort()
					ctx, cancel := context.WithCancelCause(context.Background())
					cancel(cause)
					os.Exit(exitCode(ctx, context.Canceled))
				}
				fmt.Fprintf(a.Err, "trtbuild: %v; stopping at the library's next step, again to leave at once\n", cause)
				cancel(cause)
			}
		}
	}()
	return func() {
		signal.Stop(ch)
		close(done)
	}
}

func (a *app) report(ctx context.Context, err error) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
	}
	fmt.Fprintf(a.Err, "trtbuild: %v\n", err)
	var u *usageError
	if errors.As(err, &u) && u.command != "" {
		fmt.Fprintf(a.Err, "Run '%s --help' for usage.\n", u.command)
	}
}
