"""The random matrix is not drawn from torch's global generator, so a seed does not repeat it."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        generator = torch.Generator()
        generator.seed()
        with torch.no_grad():
            self.A.normal_(generator=generator)
