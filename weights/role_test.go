package weights_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights"
)

func TestRoleByName(t *testing.T) {
	for _, name := range []string{"bn1.running_mean", "layer1.0.bn1.running_var", "bn1.num_batches_tracked", "anchors"} {
		require.Equal(t, weights.Buffer, weights.RoleByName(name), name)
	}
	for _, name := range []string{"bn1.weight", "fc.bias", "running_mean.weight", ""} {
		require.Equal(t, weights.Parameter, weights.RoleByName(name), name)
	}
}
