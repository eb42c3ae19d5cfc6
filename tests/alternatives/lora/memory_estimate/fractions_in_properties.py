"""A frozen dataclass with properties, turned into a dict; numbers are exact fractions until the end."""

from dataclasses import dataclass
from fractions import Fraction as Fr


@dataclass(frozen=True)
class _Estimate:
    n: Fr
    trained: Fr
    extra: Fr
    wb: Fr
    gb: Fr
    ob: Fr
    block: object

    @property
    def weights(self):
        return self.n * self.wb / 8

    @property
    def scales(self):
        return Fr(0) if self.block is None else Fr(4 * -((-self.n) // Fr(self.block)))

    @property
    def gradients(self):
        return self.trained * self.gb / 8

    @property
    def optimizer(self):
        return self.trained * self.ob / 8

    @property
    def adapter(self):
        return self.extra * max(self.wb, Fr(16)) / 8


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    match method:
        case "inference":
            trained, extra = 0, 0
        case "full":
            trained, extra = n_params, 0
        case "lora" | "qlora":
            trained = extra = adapter_params
        case _:
            raise ValueError(f"method {method!r} is unknown; pass 'inference', 'full', 'lora' or 'qlora'")
    for name, value in {"n_params": n_params, "adapter_params": adapter_params}.items():
        if value < 0:
            raise ValueError(f"{name} is {value}; pass 0 or more")
    if block_size is not None and block_size < 1:
        raise ValueError(f"block_size is {block_size}; pass 1 or more, or None for no scales")
    if method == "qlora" and not weight_bits < 16:
        raise ValueError(f"weight_bits is {weight_bits}, which is not quantized; pass weight_bits=4, or method 'lora'")
    e = _Estimate(*map(Fr, (n_params, trained, extra, weight_bits, gradient_bits, optimizer_bits)), block_size)
    keys = ("weights", "scales", "gradients", "optimizer", "adapter")
    found = {k: getattr(e, k) for k in keys}
    return {k: float(v) for k, v in (found | {"total": sum(found.values())}).items()}
