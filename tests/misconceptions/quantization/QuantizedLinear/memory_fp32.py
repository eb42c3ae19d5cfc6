"""memory_bytes() counts every tensor as fp32."""


class QuantizedLinear(QuantizedLinear):
    def memory_bytes(self):
        return sum(4 * tensor.numel() for tensor in self.buffers())
