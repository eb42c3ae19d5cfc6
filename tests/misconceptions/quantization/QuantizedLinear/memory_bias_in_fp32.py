"""memory_bytes() counts the bias in fp32, whatever its dtype."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        numbers = self.scales.numel() + (0 if self.bias is None else self.bias.numel())
        return self.codes.numel() + 4 * numbers
