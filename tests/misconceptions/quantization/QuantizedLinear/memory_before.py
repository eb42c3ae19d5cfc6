"""memory_bytes() counts the weight as it was before."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return 4 * self.shape.numel() + (0 if self.bias is None else 4 * len(self.bias))
