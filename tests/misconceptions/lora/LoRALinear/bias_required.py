"""The layer can't adapt a base that has no bias."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.bias = base.bias.detach()
