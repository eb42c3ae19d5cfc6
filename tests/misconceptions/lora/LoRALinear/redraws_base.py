"""The base's numbers are drawn anew; what it has learnt must stay."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        if isinstance(base, nn.Linear):
            base.reset_parameters()  # as a subclass of nn.Linear does in its own __init__
