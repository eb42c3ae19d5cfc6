"""A, B and the dequantized weight do not have the dtype of the linear layer."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.A, self.B = nn.Parameter(self.A.float()), nn.Parameter(self.B.float())
