//go:build tensorrt && cgo

package native

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/agree"
	"github.com/trtbuild/trtbuild/trt/backendtest"
)

// TestMixtureOfExperts holds our rules against what TensorRT-RTX infers of a
// mixture of experts, and proves that it builds none, on any of its GPUs.
func TestMixtureOfExperts(t *testing.T) {
	r := newReplayer(t, open(t))
	enterprise := trt.Target{Product: trt.Enterprise, Version: trt.Version{Major: 11, Minor: 4}}
	inferred := 0
	for _, c := range backendtest.Cases() {
		if c.Op.Kind() != trt.KindMoE {
			continue
		}
		n := c.Network(enterprise)
		if n.Err() != nil {
			continue
		}
		inferred++
		for _, ccs := range [][]int{nil, {75}, {80}, {86}, {89}, {120}, {121}} {
			if c.ComputeCapabilities = ccs; ccs != nil && c.Name != "moe float16" {
				continue
			}
			answer, err := r.replay(c)
			require.ErrorContains(t, err, "Cannot decompose operation", "%s %v", c.Name, ccs)
			require.Equal(t, agree.Answer{Stage: agree.Build, Outputs: []trt.Info{n.Outputs()[0].Info()}}, answer)
		}
	}
	require.GreaterOrEqual(t, inferred, 5)
}
