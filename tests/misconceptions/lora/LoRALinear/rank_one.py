"""The rank 1 is rejected; only an r below 1 is an error."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        if r == 1:
            raise ValueError("r must be greater than 1")
        super().__init__(base, r, alpha, dropout)
