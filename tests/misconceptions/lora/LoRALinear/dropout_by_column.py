"""Dropout zeroes the same entries in every row; each is drawn for itself."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        inner = nn.Dropout(dropout)

        class Mask(nn.Module):
            def forward(self, x):
                return x * inner.train(self.training)(x.new_ones(x.shape[-1]))

        self.dropout = Mask()
