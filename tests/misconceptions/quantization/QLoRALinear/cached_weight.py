"""forward computes from a copy that was made before the state was loaded."""

also = ("A copy of the weight in floating-point numbers is kept beside the state.",)  # one is


class QLoRALinear(QLoRALinear):
    def __init__(self, linear, r, alpha):
        super().__init__(linear, r, alpha)
        self.cached = None

    def forward(self, x):
        if self.cached is None:
            self.cached = super()._weight()
        adapter = nn.functional.linear(nn.functional.linear(x, self.A), self.B)
        return nn.functional.linear(x, self.cached, self.bias) + self.scale * adapter
