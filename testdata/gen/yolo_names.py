"""Names, element counts and shapes of the real YOLO classes, in state-dict order, for detection tests.

    yolo_names.py [TABLE ...]      (all of them by default)

Writes ../detect/yolo*.json. "variant" is what detection must say, null where it must refuse; then "what"
says what it is, and there are counts for shapes. A table has 80 classes; "class_counts" lists, for other
numbers, the shapes that differ from the table's.
"""

import sys

import ultralytics.nn.tasks as tasks
import yolov5.models.yolo

import fixture
import yolo

CLASSES = (1, 2, 3, 13, 20, 64, 65, 80, 91, 100, 365, 601, 1000)
SCALES = "nsmlx"


def tensorrtx(model):
    """What the gen_wts.py of tensorrtx adds to the state dict of a YOLOv5."""
    h = yolo.head(model)
    grid = h.anchors * h.stride[:, None, None]
    del h.anchor_grid
    h.register_buffer("anchor_grid", grid)
    h.register_buffer("strides", h.stride)
    return model


def v5_classify(scale):
    return yolov5.models.yolo.ClassificationModel(model=yolo.v5(scale), nc=1000)


def ultra(name, cls=tasks.DetectionModel):
    return lambda: cls(f"{name}.yaml", verbose=False)


def hub(name, cls=yolov5.models.yolo.DetectionModel):
    return lambda: cls(str(yolo.v5_yaml(name)))


# table: family, variant, maker of the number of classes
POSITIVE = {
    **{f"yolov5{s}": ("yolov5", s, lambda nc, s=s: yolo.v5(s, "", nc)) for s in SCALES},
    **{f"yolov5{s}6": ("yolov5", s + "6", lambda nc, s=s: yolo.v5(s, "6", nc)) for s in SCALES},
    **{f"yolov5{s}-v5.0": ("yolov5", s + "-v5.0", lambda nc, s=s: yolo.v5_focus(s, nc)) for s in "smlx"},
    **{f"yolov8{s}": ("yolov8", s, lambda nc, s=s: yolo.v8(s, "", nc)) for s in SCALES},
    **{f"yolov8{s}-p2": ("yolov8", s + "-p2", lambda nc, s=s: yolo.v8(s, "-p2", nc)) for s in SCALES},
    **{f"yolov8{s}-p6": ("yolov8", s + "-p6", lambda nc, s=s: yolo.v8(s, "-p6", nc)) for s in SCALES},
    "yolov5s_tensorrtx": ("yolov5", "s", lambda nc: tensorrtx(yolo.v5("s", "", nc))),
    "yolov5n6_tensorrtx": ("yolov5", "n6", lambda nc: tensorrtx(yolo.v5("n", "6", nc))),
    "yolov5s_fused": ("yolov5", "s", lambda nc: yolo.v5("s", "", nc).fuse()),
    "yolov8n_fused": ("yolov8", "n", lambda nc: yolo.v8("n", "", nc).fuse(verbose=False)),
}

# table: what it is, maker
NEGATIVE = {
    "yolov5n-seg": ("YOLOv5 for segmentation", hub("yolov5n-seg", yolov5.models.yolo.SegmentationModel)),
    "yolov5n-cls": ("YOLOv5 for classification", lambda: v5_classify("n")),
    "yolov5n-u": ("YOLOv5u: the head of YOLOv8", ultra("yolov5n")),
    "yolov5n6-u": ("YOLOv5u P6", ultra("yolov5n-p6")),
    "yolov5s-ghost": ("YOLOv5 of ghost convolutions", hub("yolov5s-ghost")),
    "yolov5s-transformer": ("YOLOv5 with a transformer block", hub("yolov5s-transformer")),
    "yolov5-fpn": ("YOLOv5 with another neck, FPN", hub("yolov5-fpn")),
    "yolov5-bifpn": ("YOLOv5 with another neck, BiFPN", hub("yolov5-bifpn")),
    "yolov5-p2": ("YOLOv5 of levels P2 to P5", hub("yolov5-p2")),
    "yolov5-p34": ("YOLOv5 of levels P3 and P4", hub("yolov5-p34")),
    "yolov5-p7": ("YOLOv5 of levels P3 to P7", hub("yolov5-p7")),
    "yolov3": ("YOLOv3 by the yolov5 package", hub("yolov3")),
    "yolov3-tiny": ("YOLOv3-tiny by the yolov5 package", hub("yolov3-tiny")),
    "yolov3-u": ("YOLOv3u: the head of YOLOv8", ultra("yolov3")),
    "yolov6n": ("YOLOv6 by Ultralytics", ultra("yolov6n")),
    "yolov8n-cls": ("YOLOv8 for classification", ultra("yolov8n-cls", tasks.ClassificationModel)),
    "yolov8n-seg": ("YOLOv8 for segmentation", ultra("yolov8n-seg", tasks.SegmentationModel)),
    "yolov8n-pose": ("YOLOv8 for poses", ultra("yolov8n-pose", tasks.PoseModel)),
    "yolov8n-obb": ("YOLOv8 for oriented boxes", ultra("yolov8n-obb", tasks.OBBModel)),
    "yolov8n-ghost": ("YOLOv8 of ghost convolutions", ultra("yolov8n-ghost")),
    "yolov8s-world": ("YOLO-World", ultra("yolov8s-world", tasks.WorldModel)),
    "yolov8s-worldv2": ("YOLO-World v2", ultra("yolov8s-worldv2", tasks.WorldModel)),
    "yoloe-v8s": ("YOLOE", ultra("yoloe-v8s", tasks.YOLOEModel)),
    "yolov9t": ("YOLOv9", ultra("yolov9t")),
    "yolov10n": ("YOLOv10", ultra("yolov10n")),
    "yolo11n": ("YOLO11", ultra("yolo11n")),
    "yolo11n-cls": ("YOLO11 for classification", ultra("yolo11n-cls", tasks.ClassificationModel)),
    "yolo11n-seg": ("YOLO11 for segmentation", ultra("yolo11n-seg", tasks.SegmentationModel)),
    "yolo12n": ("YOLO12", ultra("yolo12n")),
    "yolo26n": ("YOLO26", ultra("yolo26n")),
    "yolo26n-p2": ("YOLO26 of levels P2 to P5", ultra("yolo26n-p2")),
    "yolo26n-p6": ("YOLO26 of levels P3 to P6", ultra("yolo26n-p6")),
    "yolo-rtdetr-l": ("RT-DETR", ultra("rtdetr-l", tasks.RTDETRDetectionModel)),
}


def shapes(model):
    return {k: list(v.shape) for k, v in model.state_dict().items()}


def count(shape):
    n = 1
    for d in shape:
        n *= d
    return n


def write(table, head, tensors, **blocks):
    fixture.write(f"detect/{table}.json", head, tensors=tensors, **blocks)


def positive(table, family, variant, make):
    model = make(80)
    base = shapes(model)
    diffs = []
    for nc in CLASSES:
        other = shapes(make(nc))
        assert list(other) == list(base)
        if nc != 80:
            diffs.append({"classes": nc, "shapes": {k: s for k, s in other.items() if s != base[k]}})
    write(table, {
        "source": type(model).__module__ + "." + type(model).__qualname__,
        "versions": yolo.versions(),
        "family": family, "variant": variant, "task": "detect", "classes": 80,
        "parameters": sum(p.numel() for p in model.parameters()),
    }, [{"name": k, "shape": s} for k, s in base.items()], class_counts=diffs)
    print(table, len(base), sum(p.numel() for p in model.parameters()), flush=True)
    return base


def negative(table, what, make):
    model = make()
    base = shapes(model)
    write(table, {
        "source": type(model).__module__ + "." + type(model).__qualname__,
        "versions": yolo.versions(),
        "variant": None, "what": what,
        "parameters": sum(p.numel() for p in model.parameters()),
    }, [{"name": k, "count": count(s)} for k, s in base.items()])
    print(table, len(base), sum(p.numel() for p in model.parameters()), what, flush=True)
    return base


def main():
    chosen = sys.argv[1:] or [*NEGATIVE, *POSITIVE]
    refused = [negative(t, *NEGATIVE[t]) for t in chosen if t in NEGATIVE]
    for table in chosen:
        if table in POSITIVE:
            assert positive(table, *POSITIVE[table]) not in refused, table


if __name__ == "__main__":
    main()
