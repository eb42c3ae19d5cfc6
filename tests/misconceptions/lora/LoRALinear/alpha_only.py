"""The update is multiplied by alpha but not divided by r."""

also = ("delta() is multiplied by alpha but not divided by r.",)  # delta() scales as forward does


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.scale = alpha
