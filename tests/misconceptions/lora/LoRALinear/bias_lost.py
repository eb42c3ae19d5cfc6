"""The base's bias is lost."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        return super().forward(x) - (0 if self.base.bias is None else self.base.bias)
