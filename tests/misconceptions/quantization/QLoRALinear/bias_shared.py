"""The bias is shared with the linear layer that was given; keep a copy."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.bias = None if linear.bias is None else linear.bias.detach()
