"""The bias is lost."""

exercise = "QuantizedLinear"


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        return nn.functional.linear(x, self._weight())
