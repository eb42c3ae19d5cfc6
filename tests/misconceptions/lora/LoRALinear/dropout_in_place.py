"""Dropout changes the layer's input in place."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.dropout = nn.Dropout(dropout, inplace=True)
