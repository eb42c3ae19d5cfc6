"""A tensor of the layer is a view that keeps a larger one in memory."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        if bits == 8:
            self.codes = blockwise_quantize(linear.weight.detach(), block_size, bits)[0]
