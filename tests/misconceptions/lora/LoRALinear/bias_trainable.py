"""The base's bias is still trainable."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        if base.bias is not None:
            base.bias.requires_grad_(True)
