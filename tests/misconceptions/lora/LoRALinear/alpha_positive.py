"""Only a positive alpha is accepted; it may be any number."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if alpha <= 0:
            raise ValueError("alpha must be positive")
        super().__init__(base, r, alpha, dropout)
