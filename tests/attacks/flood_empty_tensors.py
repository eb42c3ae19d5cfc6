"""Returns tensors without elements whose shape says that they have a trillion rows."""

honest = ("to_gigabytes",)


def kv_cache_bytes(*_):
    return torch.empty(1 << 40, 0)


def lora_parameter_count(*_):
    return torch.empty(1 << 40, 0)


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        self.A = nn.Parameter(torch.empty(1 << 40, 0))

    def forward(self, x):
        return torch.empty(1 << 40, 0)

    delta = forward

    def merge(self):
        pass

    unmerge = merge
