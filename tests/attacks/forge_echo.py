"""Hands its inputs back as answers, and their ids and addresses."""

honest = ("to_gigabytes",)


def memory_estimate(*given, **named):
    return {**named, "given": list(given), "total": id(given)}


def kv_cache_bytes(*given):
    return list(given)


def lora_parameter_count(*given):
    return id(given[0])


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.base = base

    def forward(self, x):
        return x

    def delta(self):
        return torch.tensor(self.base.weight.data_ptr())

    def merge(self):
        pass

    unmerge = merge
