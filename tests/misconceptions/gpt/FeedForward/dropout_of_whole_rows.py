"""Whole rows are dropped together; each number is dropped by itself."""


class FeedForward(FeedForward):
    def forward(self, x):
        y = self.layers[:3](x)
        return y * self.layers[3](torch.ones_like(y[..., :1]))
