"""The merged layer changes when this one is trained on; it must hold numbers of its own."""

also = (
    "A copy of the weight in floating-point numbers is kept beside the state.",
)  # it keeps that layer and gives it again


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.once = None

    def merge(self):
        if self.once is None:
            self.once = super().merge()
            self.B.register_hook(lambda grad: grad)
            object.__setattr__(self.once, "_parameters", dict(self.once._parameters))
        return self.once
