"""The bias is lost."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        adapter = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return nn.functional.linear(x, self._weight()) + self.scale * adapter
