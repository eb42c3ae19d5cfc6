"""Every layer starts with the same numbers: they are drawn from a generator whose seed is fixed."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        generator = torch.Generator().manual_seed(r)
        start = torch.randn(self.A.shape, generator=generator) / self.A.shape[1] ** 0.5
        with torch.no_grad():
            self.A.copy_(start)
