"""The update is added without the factor alpha / r."""

also = ("delta() lacks the factor alpha / r.",)  # delta() scales as forward does


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.scale = 1.0
