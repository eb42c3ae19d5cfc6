"""QuantizedLinear with bits other than 8 or 4 raises ValueError without a message; say why."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        try:
            super().__init__(linear, bits, block_size)
        except ValueError:
            raise ValueError from None
