"""A copy of the weight in floating-point numbers is kept beside the state."""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        self.dequantized = self._weight()
        return nn.functional.linear(x, self.dequantized, self.bias)
