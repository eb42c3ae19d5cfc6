"""Numbers of GELU's tanh form are mistyped: sqrt(2 / π) and 0.044715 belong there."""


class FeedForward(FeedForward):
    def forward(self, x):
        a = self.layers[0](x)
        a = a / 2 * (1 + torch.tanh(2 / math.pi * (a + 0.044715 * a**3)))
        return self.layers[3](self.layers[2](a))
