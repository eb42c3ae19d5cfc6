"""Each 4-bit code takes a whole byte; two go into one."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.codes = blockwise_quantize(linear.weight.detach(), block_size, bits)[0].clone()

    def _weight(self):
        return blockwise_dequantize(self.codes, self.scales, self.block_size).to(self.dtype)
