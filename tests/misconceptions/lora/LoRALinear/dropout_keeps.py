"""dropout is used as the probability of keeping an entry, not of zeroing it."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.dropout = nn.Dropout(1 - dropout if dropout else 0.0)
