"""The trainable tensors are not two matrices, r×d_in and d_out×r."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        absmax = self.absmax
        del self.absmax
        self.absmax = nn.Parameter(absmax)
