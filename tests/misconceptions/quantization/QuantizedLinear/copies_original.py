"""A copy of the weight in floating-point numbers is kept beside the state."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.original = linear.weight.detach().clone()  # "to compare with later"
