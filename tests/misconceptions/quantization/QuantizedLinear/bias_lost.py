"""The bias is lost."""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        return nn.functional.linear(x, self._weight())
