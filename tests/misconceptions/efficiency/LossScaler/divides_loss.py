"""The loss is divided by the scale."""


class LossScaler(LossScaler):
    def scale(self, loss):
        return (loss if loss.dtype == torch.float64 else loss.float()) / self.factor
