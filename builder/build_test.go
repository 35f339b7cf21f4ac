package builder_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/mock"
	"github.com/trtbuild/trtbuild/trt/plan"
	"github.com/trtbuild/trtbuild/weights/wts"
)

// writeCheckpoint writes a generated checkpoint and returns its path.
func writeCheckpoint(t testing.TB, variant string) string {
	spec, err := zoo.Spec(variant, 0)
	require.NoError(t, err)
	values, err := checkpoint.New(variant, 1, spec)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), variant+".wts")
	f, err := os.Create(path)
	require.NoError(t, err)
	w, err := wts.NewWriter(f, len(spec))
	require.NoError(t, err)
	for _, name := range values.Names() {
		tensor, _ := values.Tensor(name)
		require.NoError(t, w.Tensor(name, tensor.Count, tensor))
	}
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	return path
}

func build(t *testing.T, r builder.Request) (*builder.Result, []byte) {
	b, err := mock.New(trt.Target{}, mock.Options{})
	require.NoError(t, err)
	defer b.Close()
	var engine bytes.Buffer
	res, err := builder.Build(context.Background(), r, b, &engine)
	require.NoError(t, err)
	return res, engine.Bytes()
}

func TestProgressTellsEveryStageOnce(t *testing.T) {
	var stages []builder.Stage
	build(t, builder.Request{Weights: writeCheckpoint(t, "lenet5"), Progress: func(s builder.Stage) { stages = append(stages, s) }})
	require.Equal(t, []builder.Stage{
		builder.StageLoad, builder.StageDetect, builder.StageDefine, builder.StageRanges, builder.StagePrecision,
		builder.StageMaterialize, builder.StageLibrary, builder.StageWrite,
	}, stages)
}

// What was built or closed is refused, not read.
func TestPreparedIsBuiltOnce(t *testing.T) {
	ctx := context.Background()
	b, err := mock.New(trt.Target{}, mock.Options{})
	require.NoError(t, err)
	p, err := builder.Prepare(ctx, builder.Request{Weights: writeCheckpoint(t, "lenet5")}, b.Target())
	require.NoError(t, err)
	defer p.Close()
	_, err = p.Build(ctx, b, io.Discard)
	require.NoError(t, err)
	_, err = p.Build(ctx, b, io.Discard)
	require.ErrorContains(t, err, "built or closed")
	require.Equal(t, builder.Usage, builder.Kind(err))
	_, err = p.DryRun(ctx)
	require.ErrorContains(t, err, "built or closed")
	_, err = p.Run(ctx, nil, builder.RunOptions{Planned: true})
	require.ErrorContains(t, err, "built or closed")
}

// What shaped the engine and is in no weight stands in the manifest.
func TestManifestRecordsTheChoices(t *testing.T) {
	res, _ := build(t, builder.Request{
		Weights: writeCheckpoint(t, "lenet5"), NoTF32: true, KeepFP32: []string{"conv?"}, Workspace: 64 << 20,
		Network: zoo.Options{AveragePool: true},
	})
	require.Equal(t, plan.BuildFlags{
		Precision: "fp32", KeepFP32: []string{"conv?"}, Workspace: 64 << 20, Output: zoo.OutputNative, AveragePool: true,
	}, res.Manifest.Build)
	require.Equal(t, "lenet5.wts", res.Manifest.Source.File)
}

func TestBuildIsDeterministicAndRecordsEveryTensor(t *testing.T) {
	path := writeCheckpoint(t, "resnet18")
	r := builder.Request{Weights: path, Precision: builder.FP16, Network: zoo.Options{Height: 64, Width: 64}}
	res, engine := build(t, r)
	again, same := build(t, r)
	require.Equal(t, engine, same)
	first, err := res.Manifest.Encode()
	require.NoError(t, err)
	second, err := again.Manifest.Encode()
	require.NoError(t, err)
	require.Equal(t, string(first), string(second))
	require.NotContains(t, string(first), filepath.Dir(path))

	m, err := plan.DecodeManifest(first)
	require.NoError(t, err)
	require.Equal(t, res.Layers, res.FP16+res.FP32)
	require.Zero(t, res.FP32, "a plausible checkpoint needs no FP32")
	seen := map[string]plan.Weight{}
	for _, w := range m.Weights {
		seen[w.Tensor] = w
		require.True(t, (w.Layer == "") == (w.Unused != ""), "%+v", w)
	}
	require.Len(t, seen, 122)
	require.Equal(t, "conv1", seen["bn1.running_var"].Layer)
	require.Equal(t, "float16", seen["conv1.weight"].Stored)
	require.Greater(t, seen["conv1.weight"].WorstSQNR.SQNRdB, 60.0)
	require.NotEmpty(t, seen["bn1.num_batches_tracked"].Unused)
}

func TestBuildKeyDependsOnWhatShapesTheEngine(t *testing.T) {
	path := writeCheckpoint(t, "lenet5")
	keys := map[string]string{}
	for name, r := range map[string]builder.Request{
		"fp32":      {Weights: path},
		"fp16":      {Weights: path, Precision: builder.FP16},
		"batch":     {Weights: path, Network: zoo.Options{Batch: zoo.Batch{Min: 1, Opt: 2, Max: 4}}},
		"opt":       {Weights: path, Network: zoo.Options{Batch: zoo.Batch{Min: 1, Opt: 3, Max: 4}}},
		"no tf32":   {Weights: path, NoTF32: true},
		"workspace": {Weights: path, Workspace: 1 << 30},
		"cc":        {Weights: path, ComputeCapabilities: []int{86}},
	} {
		p, err := builder.Prepare(context.Background(), r, trt.Target{})
		require.NoError(t, err)
		key, err := p.DryRun(context.Background())
		require.NoError(t, err)
		require.NoError(t, p.Close())
		require.NotContains(t, keys, key, "%s and %s", name, keys[key])
		keys[key] = name
	}
	res, _ := build(t, builder.Request{Weights: path})
	require.Equal(t, "fp32", keys[res.Manifest.BuildKey])
}

func TestExplainIsStable(t *testing.T) {
	path := writeCheckpoint(t, "lenet5")
	var texts []string
	for range 2 {
		p, err := builder.Prepare(context.Background(), builder.Request{Weights: path, Precision: builder.FP16, KeepFP32: []string{"fc3*"}}, trt.Target{})
		require.NoError(t, err)
		b, err := json.Marshal(p.Plan)
		require.NoError(t, err)
		texts = append(texts, string(b))
		require.NoError(t, p.Close())
	}
	require.Equal(t, texts[0], texts[1])
	require.Contains(t, texts[0], `"USER"`)
}

func TestCancelledBuild(t *testing.T) {
	path := writeCheckpoint(t, "lenet5")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := builder.Prepare(ctx, builder.Request{Weights: path}, trt.Target{})
	require.Equal(t, builder.Cancelled, builder.Kind(err))
}
