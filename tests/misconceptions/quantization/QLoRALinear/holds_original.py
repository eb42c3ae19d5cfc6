"""The layer still holds the weight that it was made from, outside of its state."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.original = [linear]
