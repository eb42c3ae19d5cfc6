"""It computes with the codes and never multiplies by the scales."""


class QuantizedLinear(QuantizedLinear):
    def forward(self, x):
        weight = self._weight() / _spread(self.scales, self.block_size, self.shape.numel()).view(self.shape)
        return nn.functional.linear(x, weight.to(self.dtype), self.bias)
