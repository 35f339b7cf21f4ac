"""Batch normalization behind a convolution, a transposed one, and by itself.

Writes ../fold/batchnorm.json: weights, an input and PyTorch's own answer in float64. Variances reach from
1e-12 to 4, so that eps matters, and gains are also negative and zero.
"""

import torch

import fixture


def values(t):
    return {"dims": list(t.shape), "values": [fixture.digits(x, 9) for x in t.detach().flatten().tolist()]}


def case(name, layer, channels, x, eps):
    torch.manual_seed(len(name))
    bn = torch.nn.BatchNorm2d(channels, eps=eps).eval()
    bn.weight.data = torch.randn(channels)
    bn.weight.data[0] = 0
    bn.bias.data = torch.randn(channels)
    bn.running_mean = torch.randn(channels)
    bn.running_var = 4 * torch.rand(channels)
    bn.running_var[1] = 1e-12
    if layer is not None:
        for p in layer.parameters():
            p.data = torch.randn(p.shape) / 4
    out = {
        "name": name,
        "eps": eps,
        "groups": getattr(layer, "groups", 1),
        "input": values(x),
        "weight": layer and values(layer.weight),
        "bias": values(layer.bias) if layer is not None and layer.bias is not None else None,
        "gamma": values(bn.weight),
        "beta": values(bn.bias),
        "mean": values(bn.running_mean),
        "var": values(bn.running_var),
    }
    y = bn.double()(layer.double()(x.double()) if layer is not None else x.double())
    return out | {"output": values(y)}


@torch.inference_mode()
def main():
    torch.manual_seed(0)
    nn = torch.nn
    fixture.write("fold/batchnorm.json", {"versions": {"torch": torch.__version__}}, cases=[
        case("convolution", nn.Conv2d(3, 4, 3, bias=False), 4, torch.randn(1, 3, 4, 5), 1e-5),
        case("grouped convolution with bias", nn.Conv2d(4, 6, 3, groups=2), 6, torch.randn(1, 4, 4, 4), 1e-3),
        case("deconvolution", nn.ConvTranspose2d(3, 4, 2, bias=False), 4, torch.randn(1, 3, 3, 2), 1e-5),
        case("grouped deconvolution with bias", nn.ConvTranspose2d(4, 6, 2, groups=2), 6, torch.randn(1, 4, 2, 2), 1e-5),
        case("alone", None, 3, torch.randn(1, 3, 2, 2), 1e-5),
    ])


if __name__ == "__main__":
    main()
