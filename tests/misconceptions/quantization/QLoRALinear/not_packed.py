"""Each 4-bit code takes a whole byte; two go into one."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.packed = torch.stack([self.packed >> 4, self.packed & 15], dim=1).flatten()[: self.shape.numel()].clone()

    def _weight(self):
        codes = nn.functional.pad(self.packed, (0, len(self.packed) % 2))
        return nf4_dequantize((codes[0::2] << 4) | codes[1::2], self.absmax, self.shape).to(self.A.dtype)
