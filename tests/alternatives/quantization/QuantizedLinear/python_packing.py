"""Packed in plain Python, some rows of the product at a time."""

import torch
from torch import nn


class QuantizedLinear(nn.Module):
    def __init__(self, linear: nn.Linear, bits: int, block_size: int) -> None:
        if bits not in {4, 8}:
            raise ValueError(f"pass bits=8 or bits=4, not {bits}")
        if block_size < 1:
            raise ValueError(f"pass a block_size of 1 or more, not {block_size}")
        super().__init__()
        self.out_features, self.in_features = linear.out_features, linear.in_features
        self.bits, self.block_size = bits, block_size
        q, scale = blockwise_quantize(linear.weight.detach().clone(), block_size, bits)
        numbers = (q.reshape(-1).int() & (255 if bits == 8 else 15)).tolist()
        if bits == 4:
            numbers += [0] * (len(numbers) % 2)
            numbers = [a * 16 + b for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
        device = linear.weight.device
        for name, t in [
            ("packed_bytes", torch.tensor(numbers, dtype=torch.uint8, device=device)),
            ("block_scales", scale.clone()),
            ("offset", linear.bias if linear.bias is None else torch.clone(linear.bias.detach())),
        ]:
            self.register_buffer(name, t)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = self.out_features * self.in_features
        values = torch.arange(2**self.bits, dtype=torch.int8 if self.bits == 4 else torch.int16, device=x.device)
        values = torch.where(values < 2 ** (self.bits - 1), values, values - 2**self.bits).to(torch.int8)
        index = self.packed_bytes.long()
        if self.bits == 4:
            index = torch.stack((index // 16, index % 16), -1).reshape(-1)[:n]
        w_hat = blockwise_dequantize(
            values[index].reshape(self.out_features, self.in_features), self.block_scales, self.block_size
        )
        rows = [torch.nn.functional.linear(x, part) for part in w_hat.to(x.dtype).split(16)]
        y = torch.cat(rows, dim=-1)
        return y if self.offset is None else y + self.offset

    def memory_bytes(self) -> int:
        kept = [self.packed_bytes, self.block_scales] + ([] if self.offset is None else [self.offset])
        return sum(t.untyped_storage().nbytes() for t in kept)
