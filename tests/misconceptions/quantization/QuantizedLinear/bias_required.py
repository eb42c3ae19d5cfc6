"""It rejects a layer without bias, an odd number of weights or another shape of input."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.bias += 0
