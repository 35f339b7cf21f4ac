package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trtbuild/trtbuild/cmd/trtbuild/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"trtbuild": func() { os.Exit(cli.Main(os.Args[1:], cli.System())) },
	})
}

// TestScripts runs the user stories under testdata/script, one a file. They
// need no TensorRT.
func TestScripts(t *testing.T) { testscript.Run(t, scripts("testdata/script")) }

func scripts(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(env *testscript.Env) error {
			// A home of its own: what the person running the tests has
			// installed must not decide what the stories see.
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/.cache")
			env.Setenv("NO_COLOR", "1")
			root, err := filepath.Abs("../../../..")
			env.Setenv("TESTDATA", filepath.Join(root, "testdata")) // files that other programs wrote
			env.Setenv("WEIGHTS", filepath.Join(root, "weights"))   // and in their readers' testdata
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code":     code,
			"truncate": truncate,
			"signal":   sendSignal,
		},
	}
}

// code runs a command and wants its exit code: code 3 trtbuild detect x.wts
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, expected %d", got, want)
	}
}

// sendSignal starts a command, sends it a signal once a text is on its standard
// error, or once a file fits a pattern, and wants its exit code:
//
//	signal INT 'TensorRT is building' 130 trtbuild --wts x.wts
//	signal INT .x.wts.*.tmp 130 trtbuild zoo weights resnet50 -o x.wts
func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: signal NAME TEXT|FILE CODE command [args...]")
	}
	sig := map[string]os.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM}[args[0]]
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	cmd := exec.Command(filepath.Join(strings.Split(ts.Getenv("PATH"), string(filepath.ListSeparator))[0], args[3]), args[4:]...)
	cmd.Dir = ts.Getenv("WORK")
	for _, k := range []string{"HOME", "XDG_CACHE_HOME", "PATH", "TRTBUILD_SDK_DIR", "TRTBUILD_BRIDGE"} {
		cmd.Env = append(cmd.Env, k+"="+ts.Getenv(k))
	}
	out, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	var said bytes.Buffer
	rest := io.TeeReader(out, &said)
	if strings.HasSuffix(args[1], ".tmp") {
		waitForFile(ts, args[1])
	} else {
		waitForText(rest, args[1])
	}
	ts.Check(cmd.Process.Signal(sig))
	_, err = io.Copy(io.Discard, rest)
	ts.Check(err)
	err = cmd.Wait()
	ts.Logf("%s", said.String())
	if got := cmd.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, expected %d: %v", got, want, err)
	}
}

func waitForText(r io.Reader, text string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
}

func waitForFile(ts *testscript.TestScript, pattern string) {
	for range 60_000 {
		found, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(found) > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	ts.Fatalf("no file %s", pattern)
}

// truncate keeps the first part of a file: truncate FILE BYTES, or a negative
// number of bytes to take from the end.
func truncate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: truncate FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	path := ts.MkAbs(args[0])
	if n < 0 {
		st, err := os.Stat(path)
		ts.Check(err)
		n += st.Size()
	}
	ts.Check(os.Truncate(path, n))
}
