"""The state lacks something that the layer needs: codes, block maxima, bias, A or B."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        packed = self.packed
        del self.packed
        object.__setattr__(self, "packed", packed)
