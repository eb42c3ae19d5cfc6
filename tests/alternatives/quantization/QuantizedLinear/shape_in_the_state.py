"""The shape is kept in the state as well, which memory_bytes leaves out; the first half of codes beside the second."""


class QuantizedLinear(nn.Module):
    def __init__(self, linear, bits, block_size):
        if bits not in (4, 8):
            raise ValueError("pass 4 or 8 bits")
        super().__init__()
        self.bits, self.block_size, self.kind = bits, block_size, linear.weight.dtype
        q, scales = blockwise_quantize(linear.weight.detach(), block_size, bits)
        q = q.flatten().clone()
        if bits == 4:
            first, second = nn.functional.pad(q + 8, (0, len(q) % 2)).to(torch.uint8).chunk(2)
            q = first * 16 + second
        self.register_buffer("codes", q)
        self.register_buffer("scales", scales[:, None].clone())
        self.register_buffer("size", torch.tensor(linear.weight.shape))
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().clone())

    def forward(self, x):
        d_out, d_in = self.size.tolist()
        q = self.codes
        if self.bits == 4:
            q = torch.cat([q // 16, q % 16])[: d_out * d_in].to(torch.int8) - 8
        weight = blockwise_dequantize(q.view(d_out, d_in), self.scales.flatten(), self.block_size).to(self.kind)
        out = x @ weight.t()
        return out if self.bias is None else out + self.bias

    def memory_bytes(self):
        held = [self.codes, self.scales] + ([] if self.bias is None else [self.bias])
        return sum(tensor.numel() * tensor.element_size() for tensor in held)
