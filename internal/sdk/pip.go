package sdk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trtbuild/trtbuild/internal/fault"
)

// download has the user's pip fetch the wheel into dir and returns its path.
func (w wheel) download(ctx context.Context, dir string, out io.Writer) (string, error) {
	pip, err := findPip()
	if err != nil {
		return "", err
	}
	args := append(slices.Clone(pip[1:]), "download", "--disable-pip-version-check", "--no-deps", "--no-cache-dir",
		"--only-binary", ":all:", "--dest", dir, w.name+"=="+w.version)
	var tail bytes.Buffer
	cmd := exec.CommandContext(ctx, pip[0], args...)
	// One writer for both, so that only one goroutine writes to it.
	both := io.MultiWriter(orDiscard(out), &tail)
	cmd.Stdout, cmd.Stderr = both, both
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fault.New(fault.Environment, "fetch the wheel elsewhere and give it with --wheel FILE",
			"pip could not fetch %s %s: %w: %s", w.name, w.version, err, lastLine(tail.String()))
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("pip left %d wheels in %s", len(found), dir)
	}
	return found[0], nil
}

// findPip returns the command that runs the user's pip.
func findPip() ([]string, error) {
	for _, command := range [][]string{{"pip"}, {"pip3"}, {"python3", "-m", "pip"}} {
		path, err := exec.LookPath(command[0])
		if err == nil {
			return append([]string{path}, command[1:]...), nil
		}
		if !errors.Is(err, exec.ErrNotFound) {
			return nil, err
		}
	}
	return nil, fault.New(fault.Environment, "install Python's pip, or fetch the wheel elsewhere and give it with --wheel FILE",
		"there is no pip on this machine")
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
