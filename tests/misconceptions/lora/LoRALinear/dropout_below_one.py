"""The dropout 1 is rejected; only numbers outside 0 to 1 are errors."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if not 0 <= dropout < 1:
            raise ValueError("dropout must be in [0, 1)")
        super().__init__(base, r, alpha, dropout)
