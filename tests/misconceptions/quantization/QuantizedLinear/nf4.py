"""The weight is quantized to NF4; here it is absmax in blocks."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        if bits == 4:
            packed, absmax = nf4_quantize(linear.weight.detach(), block_size)
            self.codes.copy_(packed)
            self.scales.copy_(absmax)

    def _weight(self):
        if self.bits == 4:
            return nf4_dequantize(self.codes, self.scales, self.shape, self.block_size).to(self.dtype)
        return super()._weight()
