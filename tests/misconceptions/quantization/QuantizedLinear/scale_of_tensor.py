"""One scale serves the whole weight instead of one for each block."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        codes, scale = absmax_quantize(linear.weight.detach(), bits)
        if bits == 4:
            codes = nn.functional.pad((codes.flatten() + 8).to(torch.uint8), (0, codes.numel() % 2))
            codes = (codes[0::2] << 4) | codes[1::2]
        self.codes.copy_(codes)
        self.scales.copy_(scale.expand(len(self.scales)))
