"""The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        nn.init.constant_(self.A, 0.1)
