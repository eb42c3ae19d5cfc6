"""Good steps before a bad one still count: the count isn't reset."""


class LossScaler(LossScaler):
    def update(self, finite):
        self.unscaled = False
        self.good_steps = self.good_steps + bool(finite)
        if not finite:
            self.factor *= self.backoff
        elif self.good_steps >= self.every:
            self.factor *= self.growth
            self.good_steps = 0
