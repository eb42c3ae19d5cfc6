"""QLoRALinear with r below 1 raises ValueError without a message; say why."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        try:
            super().__init__(linear, r, alpha)
        except ValueError:
            raise ValueError from None
