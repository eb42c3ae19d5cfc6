"""Adds delta() to the weight on the fly and makes one product, unless dropout has to act."""


class LoRALinear(LoRALinear):
    def forward(self, x):
        if self.merged:
            return self.base(x)
        if self.training and self.dropout.p > 0:
            return self.base(x) + self.dropout(x) @ self.delta().T
        weight = self.base.weight.T if self.stored_transposed else self.base.weight
        return nn.functional.linear(x, weight + self.delta(), self.base.bias)
