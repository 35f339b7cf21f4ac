package zoo_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/preprocess"
	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/builder/zoo/checkpoint"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/trt/refexec"
	"github.com/trtbuild/trtbuild/weights"
	"github.com/trtbuild/trtbuild/weights/dtype"
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
		"yolov5n": {1872157, 349}, "yolov5s": {7235389, 349}, "yolov5m": {21190557, 481}, "yolov5l": {46563709, 613}, "yolov5x": {86749405, 745},
		"yolov5s6": {12626620, 459}, "yolov5l6": {76770172, 795}, "yolov5s-v5.0": {7276605, 361},
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
		m := yolo(t, c.name, 0)
		built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{Output: c.output, Batch: zoo.Batch{Min: 2, Opt: 2, Max: 2}})
		require.NoError(t, err)
		got := map[string]trt.Dims{}
		for _, y := range built.Network.Outputs() {
			got[y.Name] = y.Dims
		}
		require.Equal(t, c.want, got, c.name)
	}
}

func yolo(t testing.TB, name string, classes int64) weights.Map {
	specs, err := zoo.Spec(name, classes)
	require.NoError(t, err)
	m, err := checkpoint.New(name+".wts", 1, specs)
	require.NoError(t, err)
	return m
}

// execute builds the network of m and runs it on an image of the given size.
func execute(t *testing.T, m weights.Map, o zoo.Options, image trt.Dims) map[string]*trt.Value {
	built, err := detect(t, m).Build(m, trt.Target{}, o)
	require.NoError(t, err)
	require.NoError(t, built.Network.CheckProfiles(built.Profiles))
	input := checkpoint.Tensor{Name: "images", Shape: image, Kind: checkpoint.Input}
	x := make([]float32, input.Count())
	checkpoint.Fill(input, 1, 0, x)
	out, err := refexec.Run(t.Context(), built.Network, map[string]*trt.Value{"images": {Type: dtype.Float32, Dims: image, Floats: x}}, refexec.Options{})
	require.NoError(t, err)
	return out
}

// A network whose size is decided when it runs computes what one of that size
// does, bit for bit.
func TestYOLODynamicSize(t *testing.T) {
	dynamic := zoo.Sizes{Min: zoo.Size{Height: 32, Width: 96}, Max: zoo.Size{Height: 128, Width: 160}}
	for _, name := range []string{"yolov8n", "yolov5n", "yolov5s-v5.0"} {
		m := yolo(t, name, 3)
		for _, output := range []string{zoo.OutputNative, zoo.OutputBoxes, zoo.OutputRaw} {
			want := execute(t, m, zoo.Options{Height: 64, Width: 96, Output: output}, trt.Dims{1, 3, 64, 96})
			got := execute(t, m, zoo.Options{Height: 96, Width: 96, Output: output, Sizes: dynamic, Batch: zoo.Batch{Min: 1, Opt: 1, Max: 2}}, trt.Dims{1, 3, 64, 96})
			require.Equal(t, want, got, name)
		}
	}
}

// Where one extent is fixed, it stays so in the network and its profile.
func TestYOLODynamicHeight(t *testing.T) {
	m := yolo(t, "yolov8n", 0)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{
		Height: 320, Width: 640, Sizes: zoo.Sizes{Min: zoo.Size{Height: 32, Width: 640}, Max: zoo.Size{Height: 640, Width: 640}},
	})
	require.NoError(t, err)
	require.Equal(t, trt.Dims{1, 3, trt.Dynamic, 640}, built.Network.Inputs()[0].Dims)
	require.Equal(t, []trt.Profile{{"images": {Min: trt.Dims{1, 3, 32, 640}, Opt: trt.Dims{1, 3, 320, 640}, Max: trt.Dims{1, 3, 640, 640}}}}, built.Profiles)
	require.Equal(t, trt.Dims{1, 84, trt.Dynamic}, built.Network.Outputs()[0].Dims)
	require.Equal(t, "letterbox within 32x640 and 640x640: scaled to fit, centred, border of value 114; bilinear, as OpenCV's INTER_LINEAR", built.Input.Preprocessing.Resize)
}

func TestYOLOInput(t *testing.T) {
	m := yolo(t, "yolov5s", 0)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{Height: 480, Width: 640})
	require.NoError(t, err)
	in := built.Input
	require.Equal(t, "images", built.Network.Inputs()[0].Name)
	require.Equal(t, [2]float64{0, 1}, [2]float64{in.Lo, in.Hi})
	require.Equal(t, preprocess.Recipe{
		Layout: "NCHW", Colour: preprocess.RGB, Scale: 1. / 255, Mean: []float64{0, 0, 0}, Std: []float64{1, 1, 1},
		Fit: preprocess.Letterbox, Interpolation: preprocess.Bilinear, Border: 114, Source: "Ultralytics",
		Resize: "letterbox to 480x640: scaled to fit, centred, border of value 114; bilinear, as OpenCV's INTER_LINEAR",
	}, in.Preprocessing)
}

func TestYOLOOptionsRefused(t *testing.T) {
	size := func(h, w int64) zoo.Size { return zoo.Size{Height: h, Width: w} }
	for _, c := range []struct {
		name, text, next string
		kind             fault.Kind
		o                zoo.Options
	}{
		{"yolov8n", "size 640x650: height and width must be multiples of 32", "the nearest is 640x640", fault.Usage, zoo.Options{Height: 640, Width: 650}},
		{"yolov8n", "multiples of 32", "the nearest is 32x64", fault.Usage, zoo.Options{Height: 5, Width: 49}},
		{"yolov5n6", "size 640x672: height and width must be multiples of 64", "the nearest is 640x704", fault.Usage, zoo.Options{Height: 640, Width: 672}},
		{"yolov8n", "size 100x640", "the nearest is 96x640", fault.Usage, zoo.Options{Height: 640, Width: 640, Sizes: zoo.Sizes{Min: size(100, 640), Max: size(640, 640)}}},
		{"yolov8n", "do not hold 640x640", "", fault.Usage, zoo.Options{Sizes: zoo.Sizes{Min: size(32, 32), Max: size(320, 640)}}},
		{"yolov8n", "at most 65536", "", fault.Usage, zoo.Options{Height: 1 << 40, Width: 32}},
		{"yolov8n", "output nms is not supported yet", "output boxes", fault.Unsupported, zoo.Options{Output: "nms"}},
		{"yolov8n", `output "box"`, "", fault.Usage, zoo.Options{Output: "box"}},
		{"yolov8n", "choice for LeNet-5", "", fault.Usage, zoo.Options{AveragePool: true}},
		{"yolov8n", "choice for ResNets", "", fault.Usage, zoo.Options{StrideOnConv1: true}},
		{"resnet18", "for detectors", "", fault.Unsupported, zoo.Options{Height: 224, Width: 224, Sizes: zoo.Sizes{Min: size(32, 32), Max: size(320, 640)}}},
	} {
		m := yolo(t, c.name, 0)
		_, err := detect(t, m).Build(m, trt.Target{}, c.o)
		require.ErrorContains(t, err, c.text)
		require.Equal(t, c.kind, fault.Of(err), c.text)
		var e *fault.Error
		require.ErrorAs(t, err, &e)
		require.Contains(t, e.Next, c.next)
	}
}

// Anchors in cells, in pixels, and those of the repository where a file has
// none, give the same boxes; those in pixels win, and others are obeyed.
func TestYOLOAnchors(t *testing.T) {
	specs, err := zoo.Spec("yolov5n", 3)
	require.NoError(t, err)
	at := slices.IndexFunc(specs, func(s checkpoint.Tensor) bool { return s.Name == "model.24.anchors" })
	require.Equal(t, []float32{1.25, 1.625, 2, 3.75, 4.125, 2.875}, specs[at].Values[:6])
	pixels := []float32{10, 13, 16, 30, 33, 23, 30, 61, 62, 45, 59, 119, 116, 90, 156, 198, 373, 326}
	twice := make([]float32, len(pixels))
	for i, x := range specs[at].Values {
		twice[i] = 2 * x
	}
	boxes := func(o zoo.Options, anchors ...checkpoint.Tensor) []float32 {
		m, err := checkpoint.New("a.wts", 1, append(slices.Delete(slices.Clone(specs), at, at+1), anchors...))
		require.NoError(t, err)
		o.Height, o.Width = 64, 96
		out := execute(t, m, o, trt.Dims{1, 3, 64, 96})
		if o.Output == zoo.OutputBoxes {
			return out["boxes"].Floats
		}
		return out["output0"].Floats
	}
	constant := func(name string, v []float32, shape ...int64) checkpoint.Tensor {
		return checkpoint.Tensor{Name: "model.24." + name, Shape: shape, Kind: checkpoint.Constant, Values: v}
	}
	for _, o := range []zoo.Options{{}, {Output: zoo.OutputBoxes}} {
		want := boxes(o, specs[at])
		require.Equal(t, want, boxes(o))
		require.Equal(t, want, boxes(o, constant("anchors", twice, 3, 3, 2), constant("anchor_grid", pixels, 3, 1, 3, 1, 1, 2), constant("strides", []float32{8, 16, 32}, 3)))
		require.NotEqual(t, want, boxes(o, constant("anchors", twice, 3, 3, 2)))
	}
	want, got := boxes(zoo.Options{}, specs[at]), boxes(zoo.Options{}, constant("anchors", twice, 3, 3, 2))
	for i := 0; i < len(want); i += 8 {
		require.InEpsilonSlice(t, []float32{want[i], want[i+1], 2 * want[i+2], 2 * want[i+3]}, got[i:i+4], 1e-6)
		require.Equal(t, want[i+4:i+8], got[i+4:i+8])
	}
}

// What is recorded of a focus stem is a 6x6 convolution of stride 2, whose
// elements are those of the file.
func TestFocusStem(t *testing.T) {
	m := yolo(t, "yolov5s-v5.0", 3)
	built, err := detect(t, m).Build(m, trt.Target{}, zoo.Options{})
	require.NoError(t, err)
	stem := layer[trt.Convolution](t, built.Network, "model/0/conv/conv")
	require.Equal(t, trt.Dims{32, 3, 6, 6}, stem.Weight.Dims)
	require.Equal(t, trt.Dims{2, 2}, stem.Stride)
	require.Equal(t, trt.Dims{2, 2}, stem.PrePadding)

	source, ok := m.Tensor("model.0.conv.conv.weight")
	require.True(t, ok)
	from, to := make([]float32, source.Count), make([]float32, source.Count)
	require.NoError(t, source.ReadFloat32(from, 0))
	for i := 0; i < len(to); i += 1000 { // in parts that end inside a filter
		require.NoError(t, stem.Weight.Values().ReadFloat32(to[i:min(i+1000, len(to))], int64(i)))
	}
	// torch: cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
	for _, c := range []struct{ out, channel, y, x, group, ky, kx int }{
		{0, 0, 0, 0, 0, 0, 0}, {5, 1, 1, 0, 1, 0, 0}, {5, 2, 0, 1, 2, 0, 0}, {31, 0, 1, 1, 3, 0, 0}, {7, 2, 5, 4, 1, 2, 2}, {9, 1, 2, 3, 2, 1, 1},
	} {
		require.Equal(t, from[((c.out*12+c.group*3+c.channel)*3+c.ky)*3+c.kx], to[((c.out*3+c.channel)*6+c.y)*6+c.x])
	}
	require.NotEqual(t, from, to)
	slices.Sort(from)
	slices.Sort(to)
	require.Equal(t, from, to)
}
