"""The block maxima are kept in the dtype of the linear layer; they must be fp32."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.absmax = self.absmax.to(linear.weight.dtype)

    def _weight(self):
        return nf4_dequantize(self.packed, self.absmax.float(), self.shape).to(self.A.dtype)
