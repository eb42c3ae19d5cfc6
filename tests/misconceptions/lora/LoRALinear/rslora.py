"""It scales by alpha / sqrt(r), which is rsLoRA; here it is alpha / r."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.scale = alpha / r**0.5
