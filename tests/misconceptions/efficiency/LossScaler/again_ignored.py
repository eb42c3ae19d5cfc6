"""A second unscale in one step is accepted; gradients are divided once."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        return True if self.unscaled else super().unscale(gradients)
