"""The scale stops growing at some size."""


class LossScaler(LossScaler):
    def update(self, finite):
        super().update(finite)
        self.factor = min(self.factor, 65536.0)
