"""A table with the two numbers of each of the 256 bytes is indexed by the bytes."""

import torch


def nf4_dequantize(packed, absmax, shape, block_size=64):
    shape = torch.Size(shape)
    n = shape.numel()
    expected = {"packed": (n + 1) // 2, "absmax": (n + block_size - 1) // block_size}
    for name, t in (("packed", packed), ("absmax", absmax)):
        if t.numel() != expected[name]:
            raise ValueError(
                f"{name} has length {t.numel()}; shape {tuple(shape)} and block_size {block_size} give {expected[name]}"
            )
    levels = absmax.new_tensor(NF4_LEVELS)
    pairs = torch.cartesian_prod(levels, levels)
    numbers = pairs[packed.to(torch.int64)].reshape(-1)[:n]
    out = numbers.new_empty(n)
    for i, (block, largest) in enumerate(zip(numbers.split(block_size), absmax, strict=False)):
        out[i * block_size : i * block_size + len(block)] = block * largest
    return out.reshape(shape)
