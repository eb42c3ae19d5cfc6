"""A float64 loss comes back in float32."""


class LossScaler(LossScaler):
    def scale(self, loss):
        return loss.float() * self.factor
