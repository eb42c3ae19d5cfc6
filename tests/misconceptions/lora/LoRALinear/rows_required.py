"""forward raises an error for an input without rows."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        x[(0,) * (x.ndim - 1)]  # the first row, to see how long it is
        return super().forward(x)
