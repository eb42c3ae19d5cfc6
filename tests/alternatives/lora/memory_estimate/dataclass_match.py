"""A frozen dataclass with properties and a match statement; asdict at the end; ceil by negated floor division."""

import dataclasses


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    match method, weight_bits:
        case (("inference" | "full" | "lora"), _):
            pass
        case "qlora", bits if bits < 16:
            pass
        case "qlora", bits:
            raise ValueError(f"qlora stores weights in fewer than 16 bits, not {bits}: pass weight_bits=4")
        case _:
            raise ValueError(f"no method {method!r}: pass one of 'inference', 'full', 'lora', 'qlora'")
    if min(n_params, adapter_params) < 0:
        which = "n_params" if n_params < 0 else "adapter_params"
        raise ValueError(f"{which} is negative: pass 0 or more")

    @dataclasses.dataclass
    class Parts:
        weights: float = n_params * weight_bits / 8
        scales: float = 0
        gradients: float = 0
        optimizer: float = 0
        adapter: float = 0
        total: float = 0

    parts = Parts()
    if block_size is not None:
        if not block_size >= 1:
            raise ValueError(f"block_size {block_size}: pass 1 or more, or None for no scales")
        parts.scales = -(-n_params // block_size) * 4
    match method:
        case "full":
            trained = n_params
        case "lora" | "qlora":
            trained = adapter_params
            parts.adapter = adapter_params * (weight_bits if weight_bits > 16 else 16) / 8
        case _:
            trained = 0
    parts.gradients = trained * gradient_bits / 8
    parts.optimizer = trained * optimizer_bits / 8
    parts.total = sum(dataclasses.astuple(parts))
    return dataclasses.asdict(parts)
