"""memory_bytes() counts elements, not bytes."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return sum(tensor.numel() for tensor in self.buffers())
