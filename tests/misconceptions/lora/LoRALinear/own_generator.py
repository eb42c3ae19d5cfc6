"""The random start is not drawn from torch's global generator, so seeding that does not repeat it."""


class LoRALinear(LoRALinear):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__(base, r, alpha, dropout)
        generator = torch.Generator()
        generator.seed()
        start = torch.randn(self.A.shape, generator=generator) / self.A.shape[1] ** 0.5
        with torch.no_grad():
            self.A.copy_(start)
