"""unscale is refused though update was called since, or it is the first call."""


class LossScaler(LossScaler):
    def update(self, finite):
        unscaled = self.unscaled
        super().update(finite)
        self.unscaled = unscaled and not finite
