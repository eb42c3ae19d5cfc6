"""memory_bytes() forgets the bias."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return super().memory_bytes() - (0 if self.bias is None else self.bias.untyped_storage().nbytes())
