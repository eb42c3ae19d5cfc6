"""`every` is not 100 where nothing else is asked for."""


class LossScaler(LossScaler):
    def __init__(self, scale, growth=2.0, backoff=0.5, every=2000):
        super().__init__(scale, growth, backoff, every)
