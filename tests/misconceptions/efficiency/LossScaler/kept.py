"""The gradients aren't divided in place."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step")
        self.unscaled = True
        present = [gradient for gradient in gradients if gradient is not None]
        present = [gradient / self.factor for gradient in present]
        return all(bool(gradient.isfinite().all()) for gradient in present)
