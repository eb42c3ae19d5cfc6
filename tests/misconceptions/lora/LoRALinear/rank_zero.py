"""LoRALinear with r = 0 must raise ValueError."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, max(r, 1), alpha, dropout)
