"""forward computes from a copy that was made before the state was loaded."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.cached = None

    def forward(self, x):
        if self.cached is None:
            self.cached = self._weight()
        return nn.functional.linear(x, self.cached, self.bias)
