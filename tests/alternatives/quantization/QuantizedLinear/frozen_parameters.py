"""Frozen parameters instead of buffers, 4-bit codes in two's complement, the first in the low half."""


class QuantizedLinear(nn.Module):
    def __init__(self, linear, bits, block_size):
        if bits not in (4, 8) or block_size < 1:
            raise ValueError("pass 4 or 8 bits and a block_size of 1 or more")
        super().__init__()
        self.bits, self.block_size, self.size = bits, block_size, tuple(linear.weight.shape)
        q, scales = blockwise_quantize(linear.weight.detach(), block_size, bits)
        q = q.flatten()
        if bits == 4:
            q = torch.cat([q, q.new_zeros(len(q) % 2)]).view(torch.uint8)
            q = (q[0::2] & 15) | (q[1::2] << 4)
        self.q = nn.Parameter(q.clone(), requires_grad=False)
        self.s = nn.Parameter(scales.clone(), requires_grad=False)
        self.b = None if linear.bias is None else nn.Parameter(linear.bias.detach().clone(), requires_grad=False)
        self.kind = linear.weight.dtype

    def forward(self, x):
        q = self.q
        if self.bits == 4:
            q = torch.stack([q & 15, q >> 4], dim=1).flatten()[: self.size[0] * self.size[1]].to(torch.int8)
            q = torch.where(q > 7, q - 16, q)
        weight = blockwise_dequantize(q.view(self.size), self.s, self.block_size).to(self.kind)
        out = x @ weight.T
        return out if self.b is None else out + self.b

    def memory_bytes(self):
        return sum(p.numel() * p.element_size() for p in self.parameters())
