"""The bias is kept in another dtype than that of the linear layer."""


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.bias = None if self.bias is None else self.bias.float()

    def forward(self, x):
        bias = None if self.bias is None else self.bias.to(x.dtype)
        adapter = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return nn.functional.linear(x, self._weight(), bias) + self.scale * adapter
