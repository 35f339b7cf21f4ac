package convert_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/weights/convert"
	"github.com/trtbuild/trtbuild/weights/load"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// TestCheckpointAsScriptsWriteIt converts PyTorch's file of all kinds of values
// to the bytes that the usual script writes from it.
func TestCheckpointAsScriptsWriteIt(t *testing.T) {
	m, err := load.Open("testdata/net.pth")
	require.NoError(t, err)
	defer m.Close()
	want, err := os.ReadFile("testdata/net.wts")
	require.NoError(t, err)
	var b bytes.Buffer
	res, err := convert.Convert(ctx, m, &b, convert.Options{})
	require.NoError(t, err)
	require.Equal(t, string(want), b.String())
	require.Empty(t, res.Rounded)
	require.Equal(t, wts.Shapes{
		"conv1.weight": {8, 3, 3, 3}, "conv1.bias": {8}, "bn1.running_var": {8}, "bn1.num_batches_tracked": {},
		"fc.weight": {4, 6}, "half": {5}, "bfloat": {5}, "mask": {2}, "index": {6}, "empty": {0, 4},
	}, res.Shapes)
}
