"""A gradient flows back into the linear layer that was given; only A and B learn."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.bias = None if linear.bias is None else linear.bias.clone()
