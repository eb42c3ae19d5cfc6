"""LoRALinear with r = 0 raises ValueError without a message; say why."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if r < 1:
            raise ValueError
        super().__init__(base, r, alpha, dropout)
