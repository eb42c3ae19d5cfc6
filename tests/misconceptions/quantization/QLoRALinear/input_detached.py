"""No gradient flows back through the adapter to the input."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        adapter = nn.functional.linear(nn.functional.linear(x.detach(), self.A), self.B)
        return nn.functional.linear(x, self._weight(), self.bias) + self.scale * adapter
