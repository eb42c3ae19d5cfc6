"""The scale never falls below 1."""


class LossScaler(LossScaler):
    def update(self, finite):
        super().update(finite)
        self.factor = max(self.factor, 1.0)
