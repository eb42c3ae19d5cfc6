"""Answers with -0.0, the smallest numbers, infinities, and whole numbers beyond what a float can tell apart."""

import itertools

honest = ("to_gigabytes",)
ODD = itertools.cycle([-0.0, 5e-324, float("inf"), -float("inf"), 2**53 + 1, 10**300, 2**4095, True, False, -1])
KEYS = ("weights", "scales", "gradients", "optimizer", "adapter", "total")


def memory_estimate(*_, **__):
    return {key: next(ODD) for key in KEYS}


def lora_parameter_count(*_):
    return next(ODD)


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.features = base.weight.shape

    def forward(self, x):
        return torch.full((*x.shape[:-1], self.features[0]), float(min(next(ODD), 1e300)), dtype=torch.float64)

    def delta(self):
        return torch.full(self.features, 5e-324, dtype=torch.float64)

    def merge(self):
        pass

    unmerge = merge
