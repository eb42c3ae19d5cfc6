"""The update is multiplied by alpha but not divided by r."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.scale = alpha
