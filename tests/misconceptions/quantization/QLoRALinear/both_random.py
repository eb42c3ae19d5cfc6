"""A and B both start random, so the layer does not start as its quantized base."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        nn.init.normal_(self.B)
