"""memory_bytes() counts numbers, not bytes."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return sum(tensor.numel() for tensor in self.buffers())
