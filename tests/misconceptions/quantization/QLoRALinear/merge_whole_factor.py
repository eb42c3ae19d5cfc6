"""merge() divides alpha by r in whole numbers, which drops the fraction."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.whole = alpha // r

    def merge(self):
        scale, self.scale = self.scale, self.whole
        try:
            return super().merge()
        finally:
            self.scale = scale
