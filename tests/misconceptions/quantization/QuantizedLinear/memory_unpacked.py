"""memory_bytes() counts each 4-bit code as a byte."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return super().memory_bytes() + self.shape.numel() - self.codes.numel()
