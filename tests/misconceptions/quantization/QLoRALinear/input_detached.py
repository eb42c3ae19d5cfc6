"""No gradient flows back through the detour to the input."""


class QLoRALinear(QLoRALinear):
    def forward(self, x):
        detour = nn.functional.linear(nn.functional.linear(x.detach(), self.A), self.B)
        return nn.functional.linear(x, self._weight(), self.bias) + self.scale * detour
