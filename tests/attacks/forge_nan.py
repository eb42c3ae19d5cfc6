"""Answers everything with NaN and with tensors of no elements, which some comparisons let pass."""

honest = ("to_gigabytes",)
NAN = float("nan")


def memory_estimate(*_, **__):
    return dict.fromkeys(("weights", "scales", "gradients", "optimizer", "adapter", "total"), NAN)


def kv_cache_bytes(*_):
    return NAN


def lora_parameter_count(*_):
    return NAN


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.features = base.weight.shape

    def forward(self, x):
        return torch.full((*x.shape[:-1], self.features[0]), NAN)

    def delta(self):
        return torch.full(self.features, NAN)

    def merge(self):
        pass

    unmerge = merge
