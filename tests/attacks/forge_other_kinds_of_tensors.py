"""Returns tensors that are quantized, sparse, complex, nested, on no device, fake, or expanded to exabytes."""

import itertools

from torch._subclasses import FakeTensorMode

honest = ("to_gigabytes",)


def fake():
    with FakeTensorMode():
        return torch.ones(4, 8)


KINDS = itertools.cycle(
    [
        lambda: torch.quantize_per_tensor(torch.ones(4, 8), 1.0, 0, torch.quint8),
        lambda: torch.eye(4, 8).to_sparse(),
        lambda: torch.eye(4, 8).to_sparse_csr(),
        lambda: torch.ones(4, 8, dtype=torch.complex64).conj(),
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
        lambda: torch.empty(4, 8, device="meta"),
        lambda: torch.zeros(()).expand(1 << 20, 1 << 20, 1 << 20),
        lambda: torch.ones(4, 8).to_mkldnn(),
        lambda: torch.ones(4, 8, dtype=torch.float8_e5m2),
        lambda: nn.Parameter(torch.ones(4, 8)).refine_names("a", "b"),
        fake,
    ]
)


def odd(*_, **__):
    return next(KINDS)()


memory_estimate = lora_parameter_count = odd


class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()

    forward = delta = merge = unmerge = odd
