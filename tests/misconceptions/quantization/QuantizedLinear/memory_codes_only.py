"""memory_bytes() forgets scales and bias."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return self.codes.numel()
