package native

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights/dtype"
)

func TestErrorText(t *testing.T) {
	e := &Error{
		Kind: fault.Backend, Network: "net", Layer: "stem/conv", Op: trt.KindConvolution,
		Message: "TensorRT built no engine", Native: "first\nsecond", Next: "raise --workspace",
	}
	require.EqualError(t, e, "network net: layer stem/conv (convolution): TensorRT built no engine: TensorRT says: first; second; raise --workspace")
	require.Equal(t, fault.Backend, fault.Of(e))
	require.EqualError(t, &Error{Message: "no builder"}, "no builder")
}

func TestCulprit(t *testing.T) {
	n := trt.NewNetwork("net", trt.Target{})
	x := n.AddInput("x", dtype.Float32, trt.Dims{1, 3})
	for _, name := range []string{"conv", "a/conv", "a/conv/b", "conv1"} {
		x = n.AddIdentity(name, x)
	}
	n.MarkOutput(x, "y")
	require.NoError(t, n.Err())
	for text, want := range map[string]string{
		"conv: no tactics":                            "conv",
		"Error Code 10: for node a/conv/b+conv.":      "a/conv/b",
		"(a/conv: IConvolutionLayer `input` has…)":    "a/conv",
		"conv1 has count 3":                           "conv1",
		"conv10 and b/a/conv are layers of no name":   "",
		"Network must have at least one output.":      "",
		"conv10 is none, but conv is at the end conv": "conv",
	} {
		got := ""
		if l := culprit(n, text); l != nil {
			got = l.Name
		}
		require.Equal(t, want, got, text)
	}
}
