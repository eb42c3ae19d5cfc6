"""The scale grows one good step too late."""


class LossScaler(LossScaler):
    def update(self, finite):
        self.unscaled = False
        self.good_steps = self.good_steps + 1 if finite else 0
        if not finite:
            self.factor *= self.backoff
        elif self.good_steps > self.every:
            self.factor *= self.growth
            self.good_steps = 0
