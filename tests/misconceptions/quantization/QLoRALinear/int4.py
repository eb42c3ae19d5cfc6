"""The base weight is in int4; it must be NF4."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        codes, scales = blockwise_quantize(linear.weight.detach(), 64, 4)
        codes = nn.functional.pad((codes.flatten() + 8).to(torch.uint8), (0, codes.numel() % 2))
        self.packed, self.absmax = (codes[0::2] << 4) | codes[1::2], scales

    def _weight(self):
        codes = torch.stack([self.packed >> 4, self.packed & 15], dim=1).flatten()[: self.shape.numel()].to(torch.int8)
        return blockwise_dequantize((codes - 8).view(self.shape), self.absmax, 64).to(self.A.dtype)
