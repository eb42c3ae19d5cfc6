"""The scale never grows."""

also = ("`every` is ignored.",)


class LossScaler(LossScaler):
    def update(self, finite):
        before = self.factor
        super().update(finite)
        self.factor = min(self.factor, before)
