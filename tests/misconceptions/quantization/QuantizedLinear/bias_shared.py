"""The bias is shared with the linear layer that was given; keep a copy."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.bias = None if linear.bias is None else linear.bias.detach()
