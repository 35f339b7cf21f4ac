package agree_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/agree"
	"github.com/trtbuild/trtbuild/trt/backendtest"
	"github.com/trtbuild/trtbuild/trt/mock"
)

// A seed and a number are all that a report needs to give.
func TestDrawRepeats(t *testing.T) {
	for n := range 400 {
		require.Equal(t, agree.Draw(7, n).String(), agree.Draw(7, n).String())
	}
	require.NotEqual(t, agree.Draw(7, 1000).String(), agree.Draw(8, 1000).String())
}

// Every kind that TensorRT-RTX has is drawn.
func TestKinds(t *testing.T) {
	kinds := agree.Kinds()
	require.Contains(t, kinds, trt.KindAssertion)
	for _, c := range backendtest.Cases() {
		if kind := c.Op.Kind(); kind != trt.KindBatchNorm && kind != trt.KindPluginV3 {
			require.Contains(t, kinds, kind)
		}
	}
}

// No layer, however wrong, is more than a refusal to the rules.
func TestOurs(t *testing.T) {
	b, err := mock.New(trt.Target{}, mock.Options{})
	require.NoError(t, err)
	stages := map[agree.Stage]int{}
	for n := range 3000 {
		c := agree.Draw(1, n)
		a := agree.Ours(c, b)
		stages[a.Stage]++
		if a.Stage != agree.Accepted {
			require.NotEmpty(t, a.Text, c)
		}
	}
	require.Greater(t, stages[agree.Record], 600)
	require.Greater(t, stages[agree.Accepted], 600)
}

func TestStricter(t *testing.T) {
	require.LessOrEqual(t, len(agree.Stricter), 20)
	var names []string
	for _, r := range agree.Stricter {
		require.NotEmpty(t, r.Name)
		require.NotEmpty(t, r.Native, r.Name)
		require.NotEmpty(t, r.Why, r.Name)
		require.NotEmpty(t, r.Says, r.Name)
		names = append(names, r.Name)
	}
	slices.Sort(names)
	require.Len(t, slices.Compact(names), len(agree.Stricter))
}
