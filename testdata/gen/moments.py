"""Moments of functions of a normal variable, by summing over a fine grid in float64.

Writes ../ranges/functions.json: for each function, mean and standard deviation of its argument, and those
of its value.
"""

import math

import torch
from torch.nn import functional as F

import fixture

ACTIVATIONS = {
    "relu": (F.relu, 0, 0),
    "sigmoid": (torch.sigmoid, 0, 0),
    "tanh": (torch.tanh, 0, 0),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.1), 0.1, 0),
    "elu": (lambda x: F.elu(x, 1.5), 1.5, 0),
    "selu": (F.selu, 1.6732632423543772, 1.0507009873554805),
    "softsign": (F.softsign, 0, 0),
    "softplus": (F.softplus, 1, 1),
    "clip": (F.relu6, 0, 6),
    "hard_sigmoid": (F.hardsigmoid, 1 / 6, 0.5),
    "scaled_tanh": (lambda x: 1.7159 * torch.tanh(2 / 3 * x), 1.7159, 2 / 3),
    "thresholded_relu": (lambda x: F.threshold(x, 0.5, 0), 0.5, 0),
    "gelu_erf": (F.gelu, 0, 0),
    "gelu_tanh": (lambda x: F.gelu(x, approximate="tanh"), 0, 0),
}
UNARIES = {"exp": torch.exp, "abs": torch.abs, "neg": torch.neg, "sin": torch.sin, "cos": torch.cos, "erf": torch.erf, "atan": torch.atan}
ARGUMENTS = ((0, 1), (0.5, 1), (-2, 0.7), (3, 0.25), (-4, 1), (0, 1e-3))


def moments(f, mean, std):
    z = torch.linspace(-12, 12, 240001, dtype=torch.float64)
    p = torch.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    y = f(mean + std * z)
    m = (p * y).sum().item()
    return m, math.sqrt(max(0, (p * (y - m) ** 2).sum().item()))


def main():
    cases = []
    for kind, table in (("activation", ACTIVATIONS), ("unary", {k: (f, 0, 0) for k, f in UNARIES.items()})):
        for name, (f, alpha, beta) in table.items():
            for mean, std in ARGUMENTS:
                m, s = moments(f, mean, std)
                cases.append({"kind": kind, "name": name, "alpha": alpha, "beta": beta, "mean": mean, "std": std,
                              "want_mean": fixture.digits(m, 9), "want_std": fixture.digits(s, 9)})
    fixture.write("ranges/functions.json", {"versions": {"torch": torch.__version__}}, cases=cases)


if __name__ == "__main__":
    main()
