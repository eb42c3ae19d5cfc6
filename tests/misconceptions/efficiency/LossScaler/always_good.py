"""update takes every step for a good one."""


class LossScaler(LossScaler):
    def update(self, finite):
        super().update(True)
