"""The scale grows one good step too early."""


class LossScaler(LossScaler):
    def update(self, finite):
        self.unscaled = False
        self.good_steps = self.good_steps + 1 if finite else 0
        if not finite:
            self.factor *= self.backoff
        elif self.good_steps >= max(self.every - 1, 1):
            self.factor *= self.growth
            self.good_steps = 0
