"""Unsigned codes at 8 bits too, and a state in a dict of buffers made by a helper module."""


class _Packed(nn.Module):
    def __init__(self, codes, scales):
        super().__init__()
        self.register_buffer("codes", codes)
        self.register_buffer("scales", scales)


class QuantizedLinear(nn.Module):
    def __init__(self, linear, bits, block_size):
        super().__init__()
        if bits not in {4, 8}:
            raise ValueError("pass 4 or 8 bits")
        with torch.no_grad():
            codes, scales = blockwise_quantize(linear.weight.data, block_size, bits)
        self.d_out, self.d_in = linear.weight.shape
        self.half, self.block_size, self.like = bits == 4, block_size, linear.weight.dtype
        codes = (codes.flatten().to(torch.int16) + (8 if self.half else 128)).to(torch.uint8)
        if self.half:
            codes = nn.functional.pad(codes, (0, len(codes) % 2)).view(-1, 2)
            codes = codes[:, 0] * 16 + codes[:, 1]
        self.packed = _Packed(codes, scales)
        self.register_buffer("bias", linear.bias.data.clone() if linear.bias is not None else None)

    def forward(self, x):
        codes = self.packed.codes
        if self.half:
            codes = torch.stack([codes // 16, codes % 16], dim=1).flatten()[: self.d_out * self.d_in]
        steps = codes.to(torch.float32) - (8 if self.half else 128)
        spread = self.packed.scales.repeat_interleave(self.block_size)[: len(steps)]
        weight = (steps * spread).view(self.d_out, self.d_in).to(self.like)
        return nn.functional.linear(x, weight, self.bias)

    def memory_bytes(self):
        return sum(t.nbytes for t in self.state_dict().values())
