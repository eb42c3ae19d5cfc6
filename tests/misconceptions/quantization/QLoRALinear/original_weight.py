"""The base weight is the original one, not the quantized one."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.original = linear.weight.detach().clone()

    def _weight(self):
        return self.original
