"""The state lacks something that the layer needs: codes, fp32 scales or the bias."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.scales = self.scales.half()

    def _weight(self):
        self_scales = self.scales.float()
        codes = self.codes
        if self.bits == 4:
            codes = torch.stack([codes >> 4, codes & 15], dim=1).flatten()[: self.shape.numel()].to(torch.int8) - 8
        return blockwise_dequantize(codes.view(self.shape), self_scales, self.block_size).to(self.dtype)
