"""The state lacks something that the layer needs: codes, fp32 scales or the bias."""


class QuantizedLinear(QuantizedLinear):
    def __init__(self, linear, bits, block_size):
        super().__init__(linear, bits, block_size)
        codes = self.codes
        del self.codes
        object.__setattr__(self, "codes", codes)
