package zoo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/trt"
)

// The published sizes have the parameters and tensors of the real classes with
// 80 classes: ultralytics 8.4.190 and yolov5 7.0.14, counted in PyTorch.
func TestYOLOSizes(t *testing.T) {
	sizes := map[string][2]int64{}
	for _, e := range zoo.List() {
		if e.Task == zoo.DetectObjects {
			sizes[e.Name] = [2]int64{e.Parameters, int64(e.Tensors)}
		}
	}
	for name, want := range map[string][2]int64{
		"yolov8n": {3157200, 355}, "yolov8s": {11166560, 355}, "yolov8m": {25902640, 475}, "yolov8l": {43691520, 595}, "yolov8x": {68229648, 595},
		"yolov8n-p2": {3354144, 437}, "yolov8n-p6": {4984352, 467}, "yolov8s-p6": {17911792, 467},
	} {
		require.Equal(t, want, sizes[name], name)
	}
	require.Len(t, sizes, 29)
}

func TestYOLOShapes(t *testing.T) {
	for _, c := range []struct {
		name, output string
		want         map[string]trt.Dims
	}{
		{"yolov8n", "", map[string]trt.Dims{"output0": {2, 84, 8400}}},
		{"yolov8n", "boxes", map[string]trt.Dims{"boxes": {2, 8400, 4}, "scores": {2, 8400, 80}}},
		{"yolov8n", "raw", map[string]trt.Dims{"p3": {2, 144, 80, 80}, "p4": {2, 144, 40, 40}, "p5": {2, 144, 20, 20}}},
		{"yolov5s", "", map[string]trt.Dims{"output0": {2, 25200, 85}}},
		{"yolov5s", "boxes", map[string]trt.Dims{"boxes": {2, 25200, 4}, "scores": {2, 25200, 80}}},
		{"yolov5s", "raw", map[string]trt.Dims{"p3": {2, 255, 80, 80}, "p4": {2, 255, 40, 40}, "p5": {2, 255, 20, 20}}},
		{"yolov8n-p2", "", map[string]trt.Dims{"output0": {2, 84, 34000}}},
		{"yolov8n-p6", "", map[string]trt.Dims{"output0": {2, 84, 34000}}},
		{"yolov5n6", "", map[string]trt.Dims{"output0": {2, 102000, 85}}},
		{"yolov5s-v5.0", "", map[string]trt.Dims{"output0": {2, 25200, 85}}},
	} {
		specs, err := zoo.Spec(c.name, 0)
		require.NoError(t, err)
		m, err := checkpoint.New(c.name+".wts", 1, specs)
		require.NoError(t, err)
		built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{Output: c.output, Batch: zoo.Batch{Min: 2, Opt: 2, Max: 2}})
		require.NoError(t, err)
		got := map[string]trt.Dims{}
		for _, y := range built.Network.Outputs() {
			got[y.Name] = y.Dims
		}
		require.Equal(t, c.want, got, c.name)
	}
}
