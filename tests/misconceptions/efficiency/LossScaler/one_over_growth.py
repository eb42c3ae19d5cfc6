"""backoff is 1 / growth, whatever is asked for."""


class LossScaler(LossScaler):
    def __init__(self, scale, growth=2.0, backoff=0.5, every=100):
        super().__init__(scale, growth, 1 / growth, every)
