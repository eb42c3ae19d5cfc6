"""The activation is the sigmoid approximation of GELU; it is the tanh form."""


class FeedForward(FeedForward):
    def forward(self, x):
        a = self.layers[0](x)
        return self.layers[3](self.layers[2](a * torch.sigmoid(1.702 * a)))
