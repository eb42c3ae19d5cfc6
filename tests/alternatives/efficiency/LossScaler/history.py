"""The scale of now follows from the list of all updates."""


class LossScaler:
    def __init__(self, scale, growth=2.0, backoff=0.5, every=100):
        self._first, self._growth, self._backoff, self._every = scale, growth, backoff, every
        self._updates, self._asked = [], set()

    @property
    def _scale(self):
        scale, row = self._first, 0
        for finite in self._updates:
            row = row + 1 if finite else 0
            if not finite or row == self._every:
                scale, row = scale * (self._growth if finite else self._backoff), 0
        return scale

    def scale(self, loss):
        if loss.dtype in (torch.float16, torch.bfloat16):
            loss = loss.to(torch.float32)
        return torch.mul(loss, self._scale)

    def unscale(self, gradients):
        step = len(self._updates)
        if step in self._asked:
            raise RuntimeError(f"step {step} was unscaled before")
        self._asked.add(step)
        finite = True
        with torch.no_grad():
            for gradient in filter(lambda one: one is not None, gradients):
                gradient[...] = gradient / self._scale
                finite = finite and not torch.isnan(gradient).any() and not torch.isinf(gradient).any()
        return bool(finite)

    def update(self, finite):
        self._updates.append(bool(finite))
