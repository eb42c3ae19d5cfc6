"""Every layer starts with the same numbers: they are drawn from a generator whose seed is fixed."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        with torch.no_grad():
            self.A.normal_(std=0.1, generator=torch.Generator().manual_seed(r))
