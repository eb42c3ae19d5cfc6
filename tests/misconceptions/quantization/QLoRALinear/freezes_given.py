"""The linear layer that was given is frozen; it must be left as it was."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear.requires_grad_(False), r, alpha)
