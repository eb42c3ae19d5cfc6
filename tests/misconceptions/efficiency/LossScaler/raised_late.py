"""A 16-bit loss is scaled in 16 bits, where it overflows."""


class LossScaler(LossScaler):
    def scale(self, loss):
        scaled = loss * self.factor
        return scaled if scaled.dtype == torch.float64 else scaled.float()
