"""The weight is kept in floating-point numbers, so nothing is saved."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.register_buffer("weight", linear.weight.detach().clone())
