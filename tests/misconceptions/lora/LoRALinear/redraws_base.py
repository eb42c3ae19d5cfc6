"""The output of a fresh layer, which must be the base's,"""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        if isinstance(base, nn.Linear):
            base.reset_parameters()  # as a subclass of nn.Linear does in its own __init__
