package builder_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/internal/fault"
)

func TestKindSpellsFaults(t *testing.T) {
	for kind, want := range map[fault.Kind]builder.ErrorKind{
		fault.Usage: builder.Usage, fault.BadInput: builder.BadInput, fault.Unsupported: builder.Unsupported,
		fault.Environment: builder.Environment, fault.Backend: builder.BackendError, fault.Resources: builder.Resources,
		fault.Verification: builder.Verification, fault.Cancelled: builder.Cancelled, fault.Bug: builder.Bug,
	} {
		require.Equal(t, want, builder.Kind(fault.New(kind, "", "x")))
	}
	require.Equal(t, builder.Cancelled, builder.Kind(context.Canceled))
	require.Equal(t, builder.Bug, builder.Kind(errors.New("x")))
}
