"""A copy of the weight in floating-point numbers is kept beside the state."""


class QLoRALinear(QLoRALinear):
    def _weight(self):
        self.dequantized = super()._weight()
        return self.dequantized
