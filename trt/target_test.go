package trt_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/trt"
)

func TestVersions(t *testing.T) {
	for text, want := range map[string]trt.Version{
		"1.7":       {Major: 1, Minor: 7},
		"10.16.0":   {Major: 10, Minor: 16},
		"1.7.1.116": {Major: 1, Minor: 7, Patch: 1, Build: 116},
	} {
		got, err := trt.ParseVersion(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
		again, err := trt.ParseVersion(got.String())
		require.NoError(t, err)
		require.Equal(t, want, again)
	}
	for _, text := range []string{"", "1", "1.x", "1.-2", "1.2.3.4.5", "99999999999.1"} {
		_, err := trt.ParseVersion(text)
		require.Error(t, err, text)
	}
	v := trt.Version{Major: 1, Minor: 7, Patch: 1}
	require.Negative(t, v.Compare(trt.Version{Major: 1, Minor: 7, Patch: 1, Build: 116}))
	require.Negative(t, v.Compare(trt.Version{Major: 10}))
	require.Positive(t, v.Compare(trt.Version{Major: 1, Minor: 6, Patch: 9}))
	require.Zero(t, v.Compare(v))
}

func TestTargetResolves(t *testing.T) {
	got, err := trt.Target{ComputeCapabilities: []int{120, 86, 86}}.Resolve()
	require.NoError(t, err)
	require.Equal(t, trt.Target{Version: trt.DefaultVersion, ComputeCapabilities: []int{86, 120}}, got)
	raw, err := json.Marshal(got)
	require.NoError(t, err)
	require.JSONEq(t, `{"product":"TensorRT-RTX","version":"1.7.1","compute_capabilities":[86,120]}`, string(raw))
	var back trt.Target
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, got, back)
	require.Error(t, json.Unmarshal([]byte(`{"version":"new"}`), &back))
	require.ErrorContains(t, trt.NewNetwork("n", trt.Target{Product: 7}).Err(), "there is no such product: expected TensorRT-RTX or TensorRT, found 7")
}
