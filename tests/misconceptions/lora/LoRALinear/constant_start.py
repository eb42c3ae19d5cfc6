"""The matrix that is not zero starts with equal rows, so they learn the same and the rank stays 1."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        nn.init.constant_(self.A, 0.02)
