"""The bias is still trainable."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        if self.bias is not None:
            bias = self.bias
            del self.bias
            self.bias = nn.Parameter(bias)
