"""QLoRALinear with r below 1 must raise ValueError."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, max(r, 1), alpha)
