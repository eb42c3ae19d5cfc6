"""The output does not have the base's dtype."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        return super().forward(x).float()
