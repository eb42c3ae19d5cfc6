"""A and B do not take the base's dtype."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.A = nn.Parameter(self.A.float())
        self.B = nn.Parameter(self.B.float())
