"""A subclass of nn.Linear without its weight."""


class QuantizedLinear(nn.Linear):
    def __init__(self, linear, bits, block_size):
        if bits not in (4, 8):
            raise ValueError("pass 4 or 8 bits")
        super().__init__(linear.in_features, linear.out_features, linear.bias is not None, dtype=linear.weight.dtype)
        kind = linear.weight.dtype
        self.weight = None
        self.kind, self.bits, self.block_size = kind, bits, block_size
        codes, scales = blockwise_quantize(linear.weight.detach(), block_size, bits)
        if bits == 4:
            codes = nn.functional.pad(codes.flatten(), (0, codes.numel() % 2)).view(-1, 2)
            codes = ((codes[:, 0] + 7) * 16 + codes[:, 1] + 7).to(torch.uint8)
        self.register_buffer("codes", torch.clone(codes, memory_format=torch.contiguous_format))
        self.register_buffer("scales", scales)
        if linear.bias is not None:
            self.bias.requires_grad_(False).copy_(linear.bias.detach())

    def forward(self, x):
        codes = self.codes
        if self.bits == 4:
            codes = torch.stack([codes >> 4, codes & 15], dim=-1).flatten()[: self.in_features * self.out_features]
            codes = codes.to(torch.int8) - 7
        weight = blockwise_dequantize(codes.view(self.out_features, -1), self.scales, self.block_size)
        return nn.functional.linear(x, weight.to(self.kind), self.bias)

    def memory_bytes(self):
        return sum(t.untyped_storage().nbytes() for t in [*self.buffers(), *self.parameters()])
