"""The output in eval or train mode"""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        if self.training:
            return super().forward(x)
        return nn.functional.linear(x, self._weight())
