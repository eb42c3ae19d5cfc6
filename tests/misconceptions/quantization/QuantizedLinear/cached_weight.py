"""forward computes from a copy that was made before the state was loaded."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.cached = None

    def forward(self, x):
        if self.cached is None:
            self.cached = self._weight()
        return nn.functional.linear(x, self.cached, self.bias)
