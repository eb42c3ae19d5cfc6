"""A second unscale in one step must raise RuntimeError."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise ValueError("unscale was called twice for one step")
        return super().unscale(gradients)
