package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
)

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"unclassified", errors.New("x"), fault.Bug},
		{"own", fault.New(fault.Environment, "install it", "no library"), fault.Environment},
		{"wrapped", fmt.Errorf("build: %w", fault.New(fault.BadInput, "", "cut short")), fault.BadInput},
		{"outermost wins", fault.New(fault.Resources, "", "write: %w", fault.New(fault.BadInput, "", "x")), fault.Resources},
		{"cancelled", fmt.Errorf("build: %w", context.Canceled), fault.Cancelled},
		{"deadline", context.DeadlineExceeded, fault.Cancelled},
		{"full disk", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, fault.Resources},
		{"file size limit", &fs.PathError{Op: "write", Path: "x", Err: syscall.EFBIG}, fault.Resources},
		{"reader gone", &fs.PathError{Op: "write", Path: "x", Err: syscall.EPIPE}, fault.Resources},
		{"missing", &fs.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, fault.BadInput},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, fault.Of(c.err)) })
	}
}

func TestErrorText(t *testing.T) {
	err := fault.New(fault.BadInput, "export it again", "%s: cut short: %w", "a.wts", context.Canceled)
	require.EqualError(t, err, "a.wts: cut short: context canceled; export it again")
	require.ErrorIs(t, err, context.Canceled)
}
