"""The state holds more than codes, block maxima, bias, A and B."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.register_buffer("offsets", torch.zeros(40))
