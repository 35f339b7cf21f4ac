package zoo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/trtbuild/trtbuild/builder/bind"
)

// foreignYOLO names the relative of YOLOv5 and YOLOv8 that v is from; "" when
// it is none, or one of the detectors that can be built.
func foreignYOLO(v *bind.View) string {
	y := yoloNames{v, -1}
	for _, name := range v.Names() {
		y.head = max(y.head, yoloIndex(name))
	}
	if y.head < 0 || !y.has(0, "conv.") && !y.has(y.head, "decoder.") {
		return ""
	}
	release, task := y.release(), y.task()
	if task == "" && (release == "YOLOv5" && y.has(y.head, "m.0.weight") || release == "YOLOv8") {
		return ""
	}
	if task != "" {
		task = " for " + task
	}
	return release + task
}

// yoloIndex returns the index that a name is under, -1 for none.
func yoloIndex(name string) int {
	rest, ok := strings.CutPrefix(name, "model.")
	index, _, _ := strings.Cut(rest, ".")
	if n, err := strconv.Atoi(index); ok && err == nil {
		return n
	}
	return -1
}

// yoloNames asks for names under an index of the state dict.
type yoloNames struct {
	*bind.View
	head int // the last index
}

// has reports whether a name begins with model.index.part.
func (y yoloNames) has(index int, part string) bool {
	prefix := fmt.Sprintf("model.%d.%s", index, part)
	for _, name := range y.Names() {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func (y yoloNames) release() string {
	oneToOne, bins := y.has(y.head, "one2one_cv2."), y.has(y.head, "dfl.")
	anchors := y.has(y.head, "m.0.weight") && !y.has(y.head, "cv2.")
	switch {
	case y.has(y.head, "decoder."):
		return "RT-DETR"
	case y.has(y.head, "reprta."):
		return "YOLOE"
	case y.openVocabulary():
		return "YOLO-World"
	case y.has(22, "m.0.1.attn.") || oneToOne && !bins:
		return "YOLO26"
	case oneToOne || y.has(5, "cv2.") && y.has(10, "attn."):
		return "YOLOv10"
	case y.has(6, "m.0.0.attn."):
		return "YOLO12"
	case y.has(10, "m.0.attn."), y.has(9, "m.0.attn."):
		if y.task() == "classification" {
			return "YOLO11 or YOLO26"
		}
		return "YOLO11"
	case y.has(y.head, "ia.0.") || y.has(y.head, "im.0."):
		return "YOLOv7"
	case y.has(2, "cv4.") && y.has(2, "cv3.weight"):
		return "YOLOv5 3.1 or older, with CSP bottlenecks"
	case y.has(2, "cv4."):
		return "YOLOv9"
	case y.has(1, "cv1."):
		return "a YOLO detector with ghost convolutions"
	case y.has(2, "cv3.") && (anchors || y.has(9, "linear.")):
		return "YOLOv5"
	case y.has(2, "cv3."):
		return "YOLOv5u, a YOLOv5 with the head of YOLOv8"
	case y.has(2, "cv2.") && y.has(2, "m.0.") && y.has(8, "cv1."):
		return "YOLOv8"
	case y.has(2, "cv2."):
		return "YOLOv3"
	}
	return "a YOLO detector"
}

// openVocabulary reports a head that compares with texts: its classes are
// widths of an embedding.
func (y yoloNames) openVocabulary() bool {
	return y.has(y.head, "cv4.0.logit_scale") || y.has(y.head, "reprta.") || y.has(12, "attn.gl.")
}

func (y yoloNames) task() string {
	switch {
	case y.has(9, "linear.") || y.has(10, "linear."):
		return "classification"
	case y.has(y.head, "proto."):
		return "segmentation"
	case y.openVocabulary():
		return ""
	case y.Count(fmt.Sprintf("model.%d.cv4.0.2.bias", y.head)) == 1:
		return "oriented boxes"
	case y.has(y.head, "cv4."):
		return "poses"
	}
	return ""
}

func (f yoloFamily) explain(v *bind.View, n Near) string {
	last := -1
	for _, name := range v.Names() {
		last = max(last, yoloIndex(name))
	}
	switch index := yoloIndex(n.Tensor); {
	case n.Problem == Absent && last >= 0 && last < index:
		return fmt.Sprintf("the layers from model.%d on are not in the file; only whole detectors are supported", index)
	case f == yoloV5 && v.Has("model.0.conv.conv.weight") && v.Has("model.33.m.0.weight"):
		return "a P6 network of release 5.0; those of 6.0 and later are supported"
	case n.Problem == Absent && strings.Contains(n.Tensor, ".bn.") && v.Has(strings.Split(n.Tensor, ".bn.")[0]+".conv.bias"):
		return "some convolutions are fused with their BatchNorm and others are not"
	}
	return ""
}
