"""An 8-bit code takes more than a byte."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        if bits == 8:
            self.codes = self.codes.int()
