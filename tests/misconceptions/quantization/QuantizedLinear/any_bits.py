"""QuantizedLinear with bits other than 8 or 4 must raise ValueError."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, 8 if bits > 4 else 4, block_size)
