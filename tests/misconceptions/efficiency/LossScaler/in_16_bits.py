"""A 16-bit loss is scaled in 16 bits, where it overflows."""


class LossScaler(LossScaler):
    def scale(self, loss):
        return loss * self.factor
