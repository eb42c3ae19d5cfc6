"""growth, backoff and every are ignored."""


class LossScaler(LossScaler):
    def __init__(self, scale, growth=2.0, backoff=0.5, every=100):
        super().__init__(scale)
