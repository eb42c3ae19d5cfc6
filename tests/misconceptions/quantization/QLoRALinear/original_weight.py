"""The base weight is the original one, not the quantized one."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.original = linear.weight.detach().clone()

    def _weight(self):
        return self.original
