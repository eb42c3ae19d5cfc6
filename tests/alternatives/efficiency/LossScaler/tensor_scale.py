"""The scale is a tensor, the gradients are looked at in one norm, and one is multiplied by a reciprocal."""


class LossScaler:
    def __init__(self, scale, growth=2.0, backoff=0.5, every=100):
        self.value = torch.tensor(float(scale), dtype=torch.float64)
        self.settings = (growth, backoff, every)
        self.run, self.open = 0, True

    def scale(self, loss):
        wide = torch.promote_types(loss.dtype, torch.float32)
        return loss.to(wide) * self.value.to(wide)

    def unscale(self, gradients):
        if not self.open:
            raise RuntimeError("these gradients are unscaled already")
        self.open = False
        found = torch.zeros(())
        for gradient in gradients:
            if gradient is None or not gradient.numel():
                continue
            found = torch.maximum(found, (gradient - gradient).abs().max().nan_to_num(1.0))  # inf - inf is NaN
            gradient.mul_(1 / self.value)
        return not found.item()

    def update(self, finite):
        growth, backoff, every = self.settings
        self.open = True
        self.run = self.run + 1 if finite else 0
        if not finite:
            self.value = self.value * backoff
        elif self.run % every == 0:
            self.value = self.value * growth
