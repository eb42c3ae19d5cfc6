"""-inf is taken for finite."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step")
        self.unscaled = True
        present = [gradient for gradient in gradients if gradient is not None]
        for gradient in present:
            gradient /= self.factor
        return not any(bool((gradient.isnan() | (gradient == math.inf)).any()) for gradient in present)
