"""scale changes the loss in place."""


class LossScaler(LossScaler):
    def scale(self, loss):
        scaled = super().scale(loss)
        loss.data.mul_(self.factor)
        return scaled
