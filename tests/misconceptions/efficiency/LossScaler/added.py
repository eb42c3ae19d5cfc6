"""growth is added; the scale is multiplied by it."""


class LossScaler(LossScaler):
    def update(self, finite):
        before = self.factor
        super().update(finite)
        if self.factor > before:
            self.factor = before + self.growth
