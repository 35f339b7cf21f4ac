//go:build tensorrt && cgo

package builder_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/cbridge"
	"github.com/trtbuild/trtbuild/internal/sdk/sdktest"
	"github.com/trtbuild/trtbuild/trt/native"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if n := cbridge.LiveHandles(); n != 0 {
		fmt.Fprintf(os.Stderr, "%d handles of the shim were never freed\n", n)
		code = 1
	}
	os.Exit(code)
}

// TestSameEngineAsBinding builds networks twice: from their checkpoints through
// the whole pipeline, and from the dumps of what was decided through NVIDIA's
// own Python binding. The engines are the same, byte for byte.
func TestSameEngineAsBinding(t *testing.T) {
	b, err := native.Open(native.Options{Library: sdktest.Library(t)})
	require.NoError(t, err)
	defer b.Close()

	lenet, resnet := writeCheckpoint(t, "lenet5"), writeCheckpoint(t, "resnet18")
	yolov8n, yolov5s := writeCheckpoint(t, "yolov8n"), writeCheckpoint(t, "yolov5s")
	batches := zoo.Options{Batch: zoo.Batch{Min: 1, Opt: 4, Max: 8}}
	cases := []struct {
		name string
		r    builder.Request
	}{
		{"lenet5 fp32", builder.Request{Weights: lenet}},
		{"lenet5 fp16", builder.Request{Weights: lenet, Precision: builder.FP16}},
		{"lenet5 mixed", builder.Request{Weights: lenet, Precision: builder.FP16, KeepFP32: []string{"conv2*"}}},
		{"lenet5 workspace, no TF32", builder.Request{Weights: lenet, Workspace: 1 << 30, NoTF32: true}},
		{"lenet5 for two GPUs", builder.Request{Weights: lenet, ComputeCapabilities: []int{86, 89}}},
		// Of a dynamic ResNet-18 TensorRT makes one of three engines, in either
		// binding: it numbers some tensors of its own in varying order.
		{"lenet5 dynamic", builder.Request{Weights: lenet, Precision: builder.FP16, Network: batches}},
		{"resnet18 fp32", builder.Request{Weights: resnet}},
		{"resnet18 fp16", builder.Request{Weights: resnet, Precision: builder.FP16}},
		{"yolov8n fp32", builder.Request{Weights: yolov8n}},
		{"yolov8n fp16", builder.Request{Weights: yolov8n, Precision: builder.FP16}},
		{"yolov5s fp16", builder.Request{Weights: yolov5s, Precision: builder.FP16}},
	}
	var dirs []string
	var ours [][]byte
	for _, c := range cases {
		p, err := builder.Prepare(context.Background(), c.r, b.Target())
		require.NoError(t, err, c.name)
		dir := t.TempDir()
		require.NoError(t, p.Typed.Dump(dir))
		require.NoError(t, p.Config().Dump(dir))
		dirs = append(dirs, dir)
		var engine bytes.Buffer
		_, err = p.Build(context.Background(), b, &engine)
		require.NoError(t, err, c.name)
		require.NoError(t, p.Close())
		ours = append(ours, engine.Bytes())
	}
	for i, theirs := range sdktest.Replay(t, dirs...) {
		require.True(t, bytes.Equal(theirs, ours[i]), "%s: the engines, of %d and %d bytes, differ", cases[i].name, len(theirs), len(ours[i]))
		t.Logf("%s: %d bytes", cases[i].name, len(theirs))
		for j := range i {
			require.False(t, bytes.Equal(ours[i], ours[j]), "%s and %s are the same", cases[i].name, cases[j].name)
		}
	}
}
