"""alpha is cut to a whole number."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, int(alpha), dropout)
