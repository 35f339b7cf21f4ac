"""Images and what the reference pipelines make of them: Pillow and OpenCV decode, Ultralytics' LetterBox and
torchvision's transforms fit.

Writes ../preprocess: small images of every kind, and expected.npz with arrays [H,W,3] of bytes named
decode/IMAGE, letterbox/IMAGE/HxW, crop/IMAGE/SHORTxHxW, stretch/IMAGE/HxW (bilinear), bicubic/IMAGE/HxW,
gray/IMAGE/HxW, and normalized/… with what torchvision's ToTensor and Normalize make of a crop, [3,H,W] floats.

Pillow 13 resizes down before across where the height shrinks much more than the width, so that some pixels
differ by one from those of all versions before; the networks were trained with those, so they are the reference.
"""

import pathlib

import cv2
import numpy as np
import torch
import torchvision
import ultralytics
from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F
from ultralytics.data.augment import LetterBox

out = pathlib.Path(__file__).parent.parent / "preprocess"
rng = np.random.default_rng(20261127)
arrays = {}


def picture(h, w, noise=24):
    """Gradients, a saturated square and noise: edges of colours show what becomes of chroma."""
    y, x = np.mgrid[0:h, 0:w]
    rgb = np.stack([255 * x / w, 255 * y / h, 127 + 90 * np.sin(x / 3 + y / 5)], -1)
    rgb[h // 4:h // 2, w // 4:w // 2] = [230, 10, 40]
    return (rgb + rng.normal(0, noise, rgb.shape)).clip(0, 255).astype(np.uint8)


def save(name, image, **how):
    image.save(out / name, **how)
    decoded(name)


def decoded(name):
    """Pillow's pixels; of 16-bit images OpenCV's, as Pillow clips gray ones."""
    if "16" in name:
        arrays["decode/" + name] = cv2.cvtColor(cv2.imread(str(out / name)), cv2.COLOR_BGR2RGB)
        return
    arrays["decode/" + name] = np.asarray(Image.open(out / name).convert("RGB"))


def images():
    wide, tall = Image.fromarray(picture(37, 53)), Image.fromarray(picture(61, 23))
    save("wide.png", wide)
    save("tall.png", tall)
    save("gray.png", wide.convert("L"))
    save("palette.png", wide.quantize(16))
    save("transparent.png", wide.quantize(16), transparency=3)
    save("bits.png", wide.convert("1"))
    save("alpha.png", Image.fromarray(np.dstack([np.asarray(tall), rng.integers(0, 256, (61, 23), dtype=np.uint8)])))
    save("gray_alpha.png", Image.fromarray(np.asarray(tall)).convert("LA"))
    deep = rng.integers(0, 65536, (9, 11, 3), dtype=np.uint16)
    cv2.imwrite(str(out / "rgb16.png"), deep)
    cv2.imwrite(str(out / "gray16.png"), deep[..., 0])
    decoded("rgb16.png")
    decoded("gray16.png")
    smooth = {"wide": Image.fromarray(picture(37, 53, 3)), "tall": Image.fromarray(picture(61, 23, 3)), "tiny": Image.fromarray(picture(5, 4, 3))}
    for size, im in smooth.items():
        for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
            save("%s_%s.jpg" % (size, subsampling.replace(":", "")), im, quality=92, subsampling=subsampling)
    save("progressive.jpg", smooth["wide"], quality=90, progressive=True)
    save("gray.jpg", smooth["wide"].convert("L"), quality=90)
    save("cmyk.jpg", smooth["wide"].convert("CMYK"), quality=95)


def orientations():
    """The letter F, upright after each orientation is undone. OpenCV applies it as it reads."""
    letter = np.full((24, 16, 3), 250, np.uint8)
    letter[4:20, 3:6] = letter[4:8, 3:13] = letter[10:14, 3:10] = [20, 60, 200]
    arrays["upright"] = letter
    undo = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
            5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a), 7: lambda a: np.rot90(a, 2).swapaxes(0, 1), 8: lambda a: np.rot90(a, 3)}
    for n, stored in undo.items():
        exif = Image.Exif()
        exif[0x112] = n
        im = Image.fromarray(np.ascontiguousarray(stored(letter)))
        for suffix in ("jpg", "png"):
            path = out / ("turned%d.%s" % (n, suffix))
            im.save(path, exif=exif, **({"quality": 95, "subsampling": "4:4:4"} if suffix == "jpg" else {}))
            got = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
            assert np.abs(got.astype(int) - letter).max() < 16, (n, suffix)


def fits():
    for name in ("wide.png", "tall.png"):
        bgr = cv2.imread(str(out / name))
        for h, w in ((64, 64), (32, 96), (20, 20), (37, 53), (18, 26), (33, 31)):
            boxed = LetterBox((h, w), auto=False)(image=bgr)
            arrays["letterbox/%s/%dx%d" % (name, h, w)] = cv2.cvtColor(boxed, cv2.COLOR_BGR2RGB)
        im = Image.open(out / name)
        for short, h, w in ((16, 14, 14), (40, 32, 32), (23, 23, 23), (30, 13, 28)):
            cut = F.center_crop(F.resize(im, short, InterpolationMode.BILINEAR, antialias=True), [h, w])
            arrays["crop/%s/%dx%dx%d" % (name, short, h, w)] = np.asarray(cut)
            tensor = F.normalize(F.to_tensor(cut), [.485, .456, .406], [.229, .224, .225])
            if short == 16:
                arrays["normalized/%s/%dx%dx%d" % (name, short, h, w)] = tensor.numpy()
        for h, w in ((20, 20), (70, 30), (37, 20), (12, 53)):
            for label, mode in (("stretch", InterpolationMode.BILINEAR), ("bicubic", InterpolationMode.BICUBIC)):
                arrays["%s/%s/%dx%d" % (label, name, h, w)] = np.asarray(F.resize(im, [h, w], mode, antialias=True))
        arrays["gray/%s/28x28" % name] = np.asarray(F.resize(im.convert("L"), [28, 28], antialias=True))[..., None]


if __name__ == "__main__":
    assert int(Image.__version__.split(".")[0]) < 13
    out.mkdir(exist_ok=True)
    images()
    orientations()
    fits()
    np.savez_compressed(out / "expected.npz", **arrays)
    versions = {"torch": torch.__version__, "torchvision": torchvision.__version__, "pillow": Image.__version__,
                "opencv": cv2.__version__, "ultralytics": ultralytics.__version__}
    (out / "VERSIONS").write_text("".join("%s %s\n" % v for v in versions.items()))
    print(len(arrays), "arrays")
