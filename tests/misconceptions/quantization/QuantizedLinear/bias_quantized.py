"""The bias is quantized too; it stays as it was."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        if self.bias is not None:
            q, s = blockwise_quantize(self.bias, block_size, bits)
            self.bias.copy_(blockwise_dequantize(q, s, block_size))
