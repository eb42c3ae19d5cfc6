"""The detour is there, but forward does not use its trainable tensors."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        return nn.functional.linear(x, self._weight(), self.bias)
