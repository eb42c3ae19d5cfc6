"""The scales are kept in the dtype of the linear layer; they must be fp32."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        self.scales = self.scales.to(self.dtype)

    def _weight(self):
        return super()._weight().to(self.dtype)
