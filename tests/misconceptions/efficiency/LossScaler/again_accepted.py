"""A second unscale in one step is accepted; gradients are divided once."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        self.unscaled = False
        return super().unscale(gradients)
