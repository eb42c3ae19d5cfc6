"""Counts exactly, in Fractions, and gives whole bytes as int where there are any."""

from fractions import Fraction


def memory_estimate(
    n_params, method="full", weight_bits=16, gradient_bits=16, optimizer_bits=64, adapter_params=0, block_size=None
):
    if method not in {"inference", "full", "lora", "qlora"}:
        raise ValueError(method)
    if n_params < 0 or adapter_params < 0 or (block_size is not None and block_size < 1):
        raise ValueError("negative")
    if method == "qlora" and weight_bits >= 16:
        raise ValueError("not quantized")
    n, adapter = Fraction(n_params), Fraction(adapter_params) if method.endswith("lora") else Fraction(0)
    trained = n if method == "full" else adapter
    parts = {"weights": n * weight_bits / 8, "scales": Fraction(0)}
    if block_size is not None:
        whole, rest = divmod(n, block_size)
        parts["scales"] = Fraction(4 * (whole + (rest > 0)))
    parts["gradients"] = trained * gradient_bits / 8
    parts["optimizer"] = trained * optimizer_bits / 8
    parts["adapter"] = adapter * max(16, weight_bits) / 8
    parts["total"] = sum(parts.values())
    return {part: int(size) if size.denominator == 1 else float(size) for part, size in parts.items()}
