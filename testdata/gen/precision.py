"""Where FP16 fails: generated ResNet-50 with planted faults, executed in emulated half precision.

Writes ../precision/planted_resnet50_<block>.json. BatchNorm is folded in float64 and rounded to float32.
In one bottleneck, folded conv1 (call it A) is multiplied by 2^-k, weights and bias, and the weights of
conv2 (B) by 2^k. ReLU lies between, so the function stays the same for every k, and in float32 so do the
bits; what FP16 makes of it does not.

The emulation is the worst case that TensorRT allows itself: a layer in FP16 takes its input, weights and
bias rounded to half, sums up in float32, and rounds its output to half; a sum of two halves is rounded,
too. It shares no code with our own executor.

All SQNR are decibels, 10 log10(signal energy / error energy), null when nothing is left of the signal or
a value is not finite. Per k:

    a         weights of A in half: smallest SQNR of an output channel, the same with subnormals
              flushed to zero, how many channels are below 40 dB, how many weights are subnormal,
              rounded to zero and overflow; and the bias' SQNR
    a_output  output of A: SQNR, smallest SQNR of a channel, smallest and median rms of a channel
    between   the same after ReLU; some channels are all but dead there
    b         weights of B, as for A
    b_output  output of B against float64 when A and B are in FP16: SQNR
    end       the logits against float64, worst image: SQNR and cosine of the centred values, with
                pair        A, what lies between and B in FP16, all else FP32
                pair_flush  the same on a device that flushes subnormals
                a_only, b_only
                all         every layer in FP16
                rest        every layer but A and B in FP16: the remedy
"""

import torch
import torchvision
from torch.nn import functional as F

import fixture
import resnet

SEED = 1
SHAPE = (2, 3, 64, 96)
BLOCKS = ("layer2.1", "layer4.2")
TINY = 2.0**-14  # smallest normal half


def half(t, flush=False):
    h = t.float().half().float()
    return torch.where(h.abs() < TINY, torch.zeros_like(h), h) if flush else h


def sqnr(want, got):
    want, got = want.double(), got.double()
    noise = (got - want).square().sum().item()
    signal = want.square().sum().item()
    if not 0 < noise < float("inf") or noise >= signal:
        return None if noise else float("inf")
    return 10 * torch.log10(torch.tensor(signal / noise, dtype=torch.float64)).item()


def below(db, limit=40):
    return db is None or db < limit


def channels(want, got):
    """SQNR of each channel, dimension 0; channels that are all zero have none."""
    return [sqnr(w, g) for w, g in zip(want, got) if w.any()]


def smallest(want, got):
    db = channels(want, got)
    return None if None in db else min(db)


def number(x):
    return None if x is None else fixture.digits(x, 5)


class Net:
    """Folded ResNet-50 as a list of convolutions by name, executed with some layers in FP16."""

    def __init__(self):
        self.model = resnet.load(torchvision.models.resnet50(), SEED)
        self.conv = {}
        modules = dict(self.model.named_modules())
        for name, m in modules.items():
            if not isinstance(m, torch.nn.Conv2d):
                continue
            bn = modules[name[:-1] + "1" if "downsample" in name else name.replace("conv", "bn")]
            s = bn.weight.double() / (bn.running_var.double() + bn.eps).sqrt()
            w = m.weight.double() * s[:, None, None, None]
            b = bn.bias.double() - bn.running_mean.double() * s
            self.conv[name] = w.float(), b.float(), m.stride, m.padding
        self.fc = self.model.fc.weight, self.model.fc.bias
        self.blocks = [n for n in modules if n.count(".") == 1 and n.startswith("layer")]

    def scaled(self, block, k):
        """A copy with the fault planted in one block."""
        net = object.__new__(Net)
        net.__dict__ = self.__dict__ | {"conv": dict(self.conv)}
        w, b, *rest = self.conv[block + ".conv1"]
        net.conv[block + ".conv1"] = w * 2.0**-k, b * 2.0**-k, *rest
        w, b, *rest = self.conv[block + ".conv2"]
        net.conv[block + ".conv2"] = w * 2.0**k, b, *rest
        return net

    def layer(self, name, x, run):
        w, b, stride, padding = self.conv[name]
        return run(name, x, w, b, lambda x, w, b: F.conv2d(x, w, b, stride, padding))

    def stem(self, x, run):
        return F.max_pool2d(F.relu(self.layer("conv1", x, run)), 3, 2, 1)

    def block(self, name, x, run):
        skip = self.layer(name + ".downsample.0", x, run) if name + ".downsample.0" in self.conv else x
        y = F.relu(self.layer(name + ".conv1", x, run))
        y = F.relu(self.layer(name + ".conv2", y, run))
        return F.relu(run.round(name + ".add", self.layer(name + ".conv3", y, run) + skip))

    def tail(self, x, run):
        x = run.round("avgpool", x.mean((2, 3)))
        return run("fc", x, *self.fc, F.linear)

    def blocks_from(self, block, x, run):
        for name in self.blocks[self.blocks.index(block):]:
            x = self.block(name, x, run)
        return self.tail(x, run)

    def upto(self, block, x, run):
        x = self.stem(x, run)
        for name in self.blocks[:self.blocks.index(block)]:
            x = self.block(name, x, run)
        return x


class Run:
    """How layers are executed: is_half(name) tells which are in FP16, the others are in dtype."""

    def __init__(self, is_half, dtype=torch.float32, flush=False):
        self.is_half, self.dtype, self.flush = is_half, dtype, flush

    def __call__(self, name, x, w, b, f):
        if self.is_half(name):
            return half(f(*(half(t, self.flush) for t in (x, w, b))), self.flush)
        return f(*(t.to(self.dtype) for t in (x, w, b)))

    def round(self, name, x):
        return half(x, self.flush) if self.is_half(name) else x


def weights(w, b):
    h = half(w)
    return {
        "sqnr": number(smallest(w, h)),
        "sqnr_flush": number(smallest(w, half(w, True))),
        "channels_below_40_db": sum(map(below, channels(w, h))),
        "subnormal": int(((h != 0) & (h.abs() < TINY)).sum()),
        "flushed": int(((w != 0) & (h == 0)).sum()),
        "overflow": int(h.isinf().sum()),
        "bias_sqnr": number(sqnr(b, half(b))),
    }


def activations(t):
    t = t.transpose(0, 1)
    rms = t.flatten(1).square().mean(1).sqrt()
    return {
        "sqnr": number(sqnr(t, half(t))),
        "channel_sqnr": number(smallest(t, half(t))),
        "channel_rms": number(rms[rms > 0].min().item()),
        "median_rms": number(rms.median().item()),
    }


def end(want, got):
    db, cosines = [], []
    for w, g in zip(want, got.double()):
        db.append(sqnr(w - w.mean(), g - w.mean()))
        cosines.append(F.cosine_similarity(w - w.mean(), g - g.mean(), dim=0).item())
    return {"sqnr": None if None in db else number(min(db)), "cosine": fixture.digits(min(cosines), 8)}


def measure(net, block, k, exact, single, halved, want):
    """One k. exact, single and halved are the block's input in float64, float32 and emulated FP16."""
    net = net.scaled(block, k)
    a, b = block + ".conv1", block + ".conv2"
    exactly = Run(lambda _: False, torch.float64)
    pair = Run(lambda n: n in (a, b))

    a_output = net.layer(a, exact, exactly)
    between = F.relu(a_output)
    output = net.layer(b, F.relu(net.layer(a, exact, pair)), pair)
    ends = {
        "pair": (single, pair),
        "pair_flush": (single, Run(pair.is_half, flush=True)),
        "a_only": (single, Run(lambda n: n == a)),
        "b_only": (single, Run(lambda n: n == b)),
        "all": (halved, Run(lambda _: True)),
        "rest": (halved, Run(lambda n: n not in (a, b))),
    }
    return {
        "k": k,
        "a": weights(*net.conv[a][:2]),
        "a_output": activations(a_output),
        "between": activations(between),
        "b": weights(*net.conv[b][:2]),
        "b_output": number(sqnr(net.layer(b, between, exactly), output)),
        "end": {key: end(want, net.blocks_from(block, x, run)) for key, (x, run) in ends.items()},
    }


def first(rows, fails):
    return next((r["k"] for r in rows if fails(r)), None)


@torch.inference_mode()
def main():
    net = Net()
    x = resnet.image(SEED, SHAPE)
    for block in BLOCKS:
        exactly = Run(lambda _: False, torch.float64)
        exact = net.upto(block, x.double(), exactly)
        want = net.blocks_from(block, exact, exactly)
        single = net.upto(block, x, Run(lambda _: False))
        halved = net.upto(block, x, Run(lambda _: True))
        unfolded = net.model.double()(x.double())
        assert (want - unfolded).abs().max() < 1e-5 * unfolded.std(), "folding changed the function"
        net.model.float()

        rows = [measure(net, block, k, exact, single, halved, want) for k in range(41)]
        fixture.write(f"precision/planted_resnet50_{block}.json", {
            "variant": "resnet50",
            "block": block,
            "versions": resnet.versions(),
            "seed": SEED,
            "input": {"name": "input", "kind": "input", "seed": SEED, "shape": list(SHAPE)},
            "first_k_below_40_db": {
                "a": first(rows, lambda r: below(r["a"]["sqnr"])),
                "a_flush": first(rows, lambda r: below(r["a"]["sqnr_flush"])),
                "a_output": first(rows, lambda r: below(r["a_output"]["sqnr"])),
                "a_output_channel": first(rows, lambda r: below(r["a_output"]["channel_sqnr"])),
                "between": first(rows, lambda r: below(r["between"]["sqnr"])),
                "between_channel": first(rows, lambda r: below(r["between"]["channel_sqnr"])),
                "b_output": first(rows, lambda r: below(r["b_output"])),
                "end_pair": first(rows, lambda r: below(r["end"]["pair"]["sqnr"])),
                "end_all": first(rows, lambda r: below(r["end"]["all"]["sqnr"])),
            },
            "first_k_with_overflow": {"b": first(rows, lambda r: r["b"]["overflow"])},
        }, rows=rows)
        print(block, *(f"{r['k']}:{r['end']['all']['sqnr']}" for r in rows))


if __name__ == "__main__":
    main()
