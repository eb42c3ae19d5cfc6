"""The weight is kept in floating-point numbers, so nothing is saved."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        weight = self._weight()
        del self.codes, self.scales
        self.register_buffer("weight", weight)

    def forward(self, x):
        return nn.functional.linear(x, self.weight, self.bias)
