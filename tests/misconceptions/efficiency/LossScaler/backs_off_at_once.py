"""The scale falls as soon as unscale finds something; it is update that changes it."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step")
        self.unscaled = True
        present = [gradient for gradient in gradients if gradient is not None]
        for gradient in present:
            gradient /= self.factor
        finite = all(bool(gradient.isfinite().all()) for gradient in present)
        if not finite:
            self.factor *= self.backoff
        return finite
