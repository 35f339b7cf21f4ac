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
	files atomicfile.Set
}

// Main runs the command with its arguments and returns the exit code.
func Main(args []string, s Streams) int {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	a := &app{Streams: s}
	stop := a.watchSignals(cancel)
	defer stop()

	root := newRoot(a)
	root.SetArgs(args)
	root.SetOut(a.Out)
	root.SetErr(a.Err)
	err := stopped(ctx, root.ExecuteContext(ctx))
	if err != nil {
		a.report(err)
	}
	return exitCode(err)
}

// watchSignals cancels at the first interrupt; at the second it removes what
// is unfinished and leaves. TensorRT cannot always be stopped at once.
func (a *app) watchSignals(cancel context.CancelCauseFunc) (stop func()) {
	tameSignals()
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
					os.Exit(exitCode(&stoppedError{cause}))
				}
				fmt.Fprintf(a.Err, "trtbuild: %v; stopping at the next step, again to leave at once\n", cause)
				cancel(cause)
			}
		}
	}()
	return func() {
		signal.Stop(ch)
		close(done)
	}
}

// report prints an error, unless all it says is that nobody reads the result.
func (a *app) report(err error) {
	if errors.Is(err, syscall.EPIPE) {
		return
	}
	fmt.Fprintf(a.Err, "trtbuild: %v\n", err)
	var u *usageError
	if errors.As(err, &u) {
		fmt.Fprintf(a.Err, "Run '%s --help' for usage.\n", u.command)
	}
}
