"""It rejects a layer without bias, a large rank or another shape of input."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.bias += 0
