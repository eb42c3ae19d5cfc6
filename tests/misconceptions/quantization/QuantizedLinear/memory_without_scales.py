"""memory_bytes() forgets the scales."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return super().memory_bytes() - 4 * len(self.scales)
