"""All codes are uint8 with an offset, the first of two in the low half; the shape is in the state."""

import torch
from torch import nn


class QuantizedLinear(nn.Module):
    def __init__(self, linear, bits, block_size):
        super().__init__()
        if bits not in {4, 8}:
            raise ValueError(f"bits {bits} is not offered, pass 4 or 8")
        if not block_size >= 1:
            raise ValueError(f"block_size {block_size} is too small, pass 1 or more")
        with torch.no_grad():
            q, scales = blockwise_quantize(linear.weight, block_size, bits)
        unsigned = (q.reshape(-1).to(torch.int16) + 2 ** (bits - 1)).to(torch.uint8)
        if bits == 4:
            first, second = unsigned[::2].clone(), unsigned[1::2]
            first[: len(second)] += second << 4
            unsigned = first
        state = {"codes": unsigned, "scales": scales.clone(), "shape": torch.tensor(q.shape)}
        if linear.bias is not None:
            state["bias"] = torch.empty_like(linear.bias, requires_grad=False).copy_(linear.bias.detach())
        for name, tensor in state.items():
            self.register_buffer(name, tensor)
        self.settings = bits, block_size

    @property
    def weight(self):
        bits, block_size = self.settings
        shape = self.shape.tolist()
        codes = self.codes.to(torch.int16)
        if bits == 4:
            codes = torch.stack((codes % 16, codes // 16), -1).reshape(-1)[: shape[0] * shape[1]]
        return blockwise_dequantize((codes - 2 ** (bits - 1)).to(torch.int8).reshape(shape), self.scales, block_size)

    def forward(self, x):
        y = x @ self.weight.to(x).T
        return y + self.bias if "bias" in self._buffers else y

    def memory_bytes(self):
        return sum(self._buffers[n].nbytes for n in ("codes", "scales", "bias") if n in self._buffers)
