package zoo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trtbuild/trtbuild/builder/zoo"
	"github.com/trtbuild/trtbuild/internal/fault"
	"github.com/trtbuild/trtbuild/internal/weightstest"
	"github.com/trtbuild/trtbuild/trt"
	"github.com/trtbuild/trtbuild/weights"
)

// entriesOf are the names and counts of a published network's tensors.
func entriesOf(t *testing.T, name string, classes int64) []weightstest.Tensor {
	specs, err := zoo.Spec(name, classes)
	require.NoError(t, err)
	all := make([]weightstest.Tensor, 0, len(specs))
	for _, s := range specs {
		all = append(all, weightstest.Tensor{Name: s.Name, Count: s.Count()})
	}
	return all
}

type edit = func([]weightstest.Tensor) []weightstest.Tensor

func edited(t *testing.T, name string, edits ...edit) weights.Map {
	all := entriesOf(t, name, 0)
	for _, e := range edits {
		all = e(all)
	}
	return weightstest.New("a.wts", all)
}

func with(name string, count int64) edit {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		return append(all, weightstest.Tensor{Name: name, Count: count})
	}
}

// fuse drops each BatchNorm for a bias in the convolution before it.
func fuse(all []weightstest.Tensor) []weightstest.Tensor {
	var kept []weightstest.Tensor
	for _, e := range all {
		unit, field, ok := strings.Cut(e.Name, ".bn.")
		switch {
		case !ok:
			kept = append(kept, e)
		case field == "bias":
			kept = append(kept, weightstest.Tensor{Name: unit + ".conv.bias", Count: e.Count})
		}
	}
	return kept
}

// Relatives that cannot be built are named where something gives them away.
func TestRealYOLONames(t *testing.T) {
	names := map[string]string{
		"yolov5n-seg": "YOLOv5 for segmentation", "yolov5n-cls": "YOLOv5 for classification",
		"yolov5n-u":  "YOLOv5u, a YOLOv5 with the head of YOLOv8",
		"yolov5n6-u": "YOLOv5u, a YOLOv5 with the head of YOLOv8", "yolov5s-ghost": "a YOLO detector with ghost convolutions",
		"yolov5s-transformer": "", "yolov5-fpn": "", "yolov5-bifpn": "", "yolov5-p2": "", "yolov5-p34": "", "yolov5-p7": "",
		"yolov3": "YOLOv3", "yolov3-tiny": "a YOLO detector", "yolov3-u": "YOLOv3", "yolov6n": "a YOLO detector",
		"yolov8n-cls": "YOLOv8 for classification", "yolov8n-seg": "YOLOv8 for segmentation", "yolov8n-pose": "YOLOv8 for poses",
		"yolov8n-obb": "YOLOv8 for oriented boxes", "yolov8n-ghost": "a YOLO detector with ghost convolutions",
		"yolov8s-world": "YOLO-World", "yolov8s-worldv2": "YOLO-World", "yoloe-v8s": "YOLOE", "yolov9t": "YOLOv9", "yolov10n": "YOLOv10",
		"yolo11n": "YOLO11", "yolo11n-cls": "YOLO11 or YOLO26 for classification", "yolo11n-seg": "YOLO11 for segmentation", "yolo12n": "YOLO12",
		"yolo26n": "YOLO26", "yolo26n-p2": "YOLO26", "yolo26n-p6": "YOLO26", "yolo-rtdetr-l": "RT-DETR",
	}
	refused := 0
	for name, tab := range yoloTables(t) {
		if tab.Variant != nil {
			continue
		}
		refused++
		want, ok := names[name]
		require.True(t, ok, name)
		_, err := zoo.Detect(weightstest.New("a.wts", tab.entries(nil)))
		var unknown *zoo.UnknownError
		require.ErrorAs(t, err, &unknown, name)
		require.Equal(t, want, unknown.LooksLike, name)
		if want != "" {
			require.ErrorContains(t, err, "it looks like "+want+", which is not supported yet")
		}
	}
	require.Len(t, names, refused)
}

// Fused checkpoints of every size are recognised.
func TestDetectFusedYOLO(t *testing.T) {
	for _, e := range zoo.List() {
		if e.Task != zoo.DetectObjects {
			continue
		}
		m := detect(t, weightstest.New("a.wts", fuse(entriesOf(t, e.Name, 7))))
		require.Equal(t, e.Name, m.Name())
		require.Equal(t, int64(7), m.Classes)
	}
}

// Constants of a head may be there or not, and the notes say which are taken.
func TestDetectYOLOConstants(t *testing.T) {
	for _, c := range []struct {
		name    string
		edits   []edit
		note    string
		skipped int
	}{
		{"yolov8n", []edit{without("model.22.dfl.")}, "model.22.dfl.conv.weight is not in the file: the numbers 0 to 15, which it always holds", 57},
		{"yolov5s", nil, "anchors are those of model.24.anchors, in cells", 57},
		{"yolov5s", []edit{without("model.24.anchors")}, "the anchors are not in the file: the repository's own, for COCO, are assumed", 57},
		{"yolov5s", []edit{with("model.24.anchor_grid", 18), with("model.24.strides", 3)}, "anchors are those of model.24.anchor_grid, in pixels", 59},
		{"yolov5s-v5.0", []edit{with("model.24.anchor_grid", 18)}, "anchors are those of model.24.anchor_grid, in pixels", 60},
		{"yolov5n6", []edit{fuse, without("model.33.anchors")}, "the anchors are not in the file: the repository's own, for COCO, are assumed", 0},
	} {
		m := edited(t, c.name, c.edits...)
		match := detect(t, m)
		require.Equal(t, c.name, match.Name())
		require.Contains(t, match.Notes, c.note)
		built, err := match.Build(m, trt.Target{}, zoo.Options{})
		require.NoError(t, err)
		require.Len(t, built.Weights.Skipped, c.skipped, c.name)
		require.Len(t, m.Names(), len(built.Weights.Used)+len(built.Weights.Skipped))
	}
}

// width gives a convolution of a detector other outputs.
func width(t *testing.T, path string, from, to int64, readers ...string) edit {
	return func(all []weightstest.Tensor) []weightstest.Tensor {
		changed := 0
		scale := func(name string, num, den int64) {
			for i, e := range all {
				if e.Name == name {
					all[i].Count = e.Count / den * num
					changed++
				}
			}
		}
		scale(path+".conv.weight", to, from)
		for _, f := range []string{"weight", "bias", "running_mean", "running_var"} {
			scale(path+".bn."+f, to, from)
		}
		for _, r := range readers {
			scale(r+".conv.weight", to, from)
		}
		require.Equal(t, 5+len(readers), changed)
		return all
	}
}

func TestDetectCustomYOLO(t *testing.T) {
	for _, c := range []struct {
		name, base string
		edits      []edit
	}{
		{"narrow inside a bottleneck", "yolov8s", []edit{width(t, "model.4.m.1.cv1", 64, 23, "model.4.m.1.cv2")}},
		{"narrow stem", "yolov5m", []edit{width(t, "model.0", 48, 17, "model.1")}},
		{"narrow head", "yolov8n", []edit{width(t, "model.22.cv3.1.0", 80, 50, "model.22.cv3.1.1")}},
		{"one bottleneck less in a C3", "yolov5s", []edit{without("model.6.m.2.")}},
		{"one bottleneck less in a C2f", "yolov8s", []edit{without("model.6.m.1."), recount("model.6.cv2.conv.weight", 3*128*256)}},
		{"one anchor of four", "yolov5n", []edit{
			recount("model.24.anchors", 24),
			recount("model.24.m.0.weight", 340*64), recount("model.24.m.0.bias", 340), recount("model.24.m.1.weight", 340*128), recount("model.24.m.1.bias", 340),
			recount("model.24.m.2.weight", 340*256), recount("model.24.m.2.bias", 340),
		}},
	} {
		m := edited(t, c.base, c.edits...)
		match := detect(t, m)
		require.Equal(t, zoo.Custom, match.Variant, c.name)
		require.Equal(t, zoo.Likely, match.Confidence)
		require.Equal(t, match.Family, match.Name())
		require.Equal(t, int64(80), match.Classes)
		_, err := match.Build(m, trt.Target{}, zoo.Options{})
		require.NoError(t, err, c.name)
	}
}

// The first tensor that does not fit is the one that was changed, against the
// network that was meant.
func TestYOLONearMiss(t *testing.T) {
	for _, c := range []struct {
		name, base string
		edits      []edit
		want       zoo.Near
	}{
		{"one BatchNorm", "yolov8m", []edit{without("model.6.m.3.cv1.bn.")}, zoo.Near{
			Tensor: "model.6.m.3.cv1.bn.weight", Problem: zoo.Absent, Expected: "192 elements [192]",
		}},
		{"one count", "yolov5l", []edit{recount("model.17.cv2.bn.running_var", 127)}, zoo.Near{
			Tensor: "model.17.cv2.bn.running_var", Problem: zoo.WrongCount, Expected: "128 elements [128]", Found: "127 elements",
		}},
		{"the count a width follows from", "yolov8x", []edit{recount("model.12.cv1.bn.weight", 639)}, zoo.Near{
			Tensor: "model.12.cv1.bn.weight", Problem: zoo.WrongCount, Expected: "640 elements [640]", Found: "639 elements",
		}},
		{"an absurd count", "yolov5s", []edit{recount("model.24.m.0.bias", 1<<62)}, zoo.Near{
			Tensor: "model.24.m.0.bias", Problem: zoo.WrongCount, Expected: "255 elements [255]", Found: "4611686018427387904 elements",
		}},
		{"a bottleneck in the middle", "yolov8l", []edit{without("model.4.m.2.")}, zoo.Near{
			Tensor: "model.4.m.2.cv1.conv.weight", Problem: zoo.Absent, Expected: "147456 elements [128,128,3,3]",
		}},
		{"head cut off", "yolov8n-p2", []edit{without("model.28.")}, zoo.Near{
			Tensor: "model.28.cv2.0.0.conv.weight", Problem: zoo.Absent, Expected: "18432 elements [64,32,3,3]",
			Reason: "the layers from model.28 on are not in the file; only whole detectors are supported",
		}},
		{"half fused", "yolov8s", []edit{without("model.9.cv1.bn."), with("model.9.cv1.conv.bias", 256)}, zoo.Near{
			Tensor: "model.9.cv1.bn.weight", Problem: zoo.Absent, Expected: "256 elements [256]",
			Reason: "some convolutions are fused with their BatchNorm and others are not",
		}},
		{"a level of other classes", "yolov8n", []edit{recount("model.22.cv3.2.2.weight", 81*80), recount("model.22.cv3.2.2.bias", 81)}, zoo.Near{
			Tensor: "model.22.cv3.2.2.weight", Problem: zoo.WrongCount, Expected: "6400 elements [80,80,1,1]", Found: "6480 elements",
		}},
		{"too much", "yolov5s6", []edit{with("model.34.weight", 7)}, zoo.Near{
			Tensor: "model.34.weight", Problem: zoo.Unexpected, Found: "7 elements",
		}},
		{"anchors of another number", "yolov5x", []edit{recount("model.24.anchors", 17)}, zoo.Near{
			Tensor: "model.24.anchors", Problem: zoo.WrongCount, Expected: "18 elements [3,3,2]", Found: "17 elements",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := zoo.Detect(edited(t, c.base, c.edits...))
			var unknown *zoo.UnknownError
			require.ErrorAs(t, err, &unknown)
			require.Equal(t, fault.Unsupported, fault.Of(err))
			got := unknown.Nearest[0]
			require.Equal(t, c.base, got.Name)
			require.Greater(t, got.Fit, .7)
			got.Family, got.Name, got.Variant, got.Fit = "", "", "", 0
			require.Equal(t, c.want, got)
		})
	}
}

// A detector cut short after any tensor is never taken for another network.
func TestTruncatedYOLO(t *testing.T) {
	for _, name := range []string{"yolov8n", "yolov5n", "yolov5n6"} {
		all := entriesOf(t, name, 0)
		for keep := 1; keep < len(all); keep += 7 {
			_, err := zoo.Detect(weightstest.New("a.wts", all[:keep]))
			var unknown *zoo.UnknownError
			require.ErrorAs(t, err, &unknown, "%s, %d tensors", name, keep)
		}
	}
}

// Relatives that no package builds any more.
func TestForeignYOLO(t *testing.T) {
	_, err := zoo.Detect(edited(t, "yolov5n", with("model.2.cv4.conv.weight", 1), with("model.2.cv3.weight", 1)))
	require.ErrorContains(t, err, "it looks like YOLOv5 3.1 or older, with CSP bottlenecks, which is not supported yet")
}
