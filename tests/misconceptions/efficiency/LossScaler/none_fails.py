"""A gradient of None is an error; it is skipped."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step")
        self.unscaled = True
        for gradient in gradients:
            gradient /= self.factor
        return all(bool(gradient.isfinite().all()) for gradient in gradients)
