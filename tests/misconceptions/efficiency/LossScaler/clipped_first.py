"""The gradients are clipped before they are divided."""


class LossScaler(LossScaler):
    def unscale(self, gradients):
        if self.unscaled:
            raise RuntimeError("unscale was called twice for one step")
        self.unscaled = True
        present = [gradient for gradient in gradients if gradient is not None]
        norm = torch.stack([gradient.norm() for gradient in present]).norm() if present else torch.zeros(())
        for gradient in present:
            gradient *= (1 / norm).clamp(max=1) / self.factor
        return all(bool(gradient.isfinite().all()) for gradient in present)
