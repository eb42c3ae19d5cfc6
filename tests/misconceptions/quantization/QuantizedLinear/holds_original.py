"""The layer still holds the weight that it was made from, outside of its state."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.original = [linear]
