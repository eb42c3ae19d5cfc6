"""A second unscale in one step raises RuntimeError without a message; say why."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError
        return super().unscale(gradients)
