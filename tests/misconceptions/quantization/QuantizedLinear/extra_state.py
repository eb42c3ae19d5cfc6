"""The state holds more than codes, scales and bias."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.register_buffer("offsets", torch.zeros(len(self.scales) * 7))
