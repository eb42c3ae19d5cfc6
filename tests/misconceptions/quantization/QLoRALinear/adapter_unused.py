"""The output does not depend on A and B."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        return nn.functional.linear(x, self._weight(), self.bias)
