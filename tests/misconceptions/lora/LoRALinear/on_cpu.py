"""A and B do not go to the base's device, so the layer fails on a GPU."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        self.A = nn.Parameter(torch.randn(self.A.shape, dtype=self.A.dtype))
        self.B = nn.Parameter(torch.zeros(self.B.shape, dtype=self.B.dtype))
