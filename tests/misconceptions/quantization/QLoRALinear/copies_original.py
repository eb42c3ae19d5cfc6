"""A copy of the weight in floating-point numbers is kept beside the state."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.original = linear.weight.detach().clone()  # "to merge into later"
