"""All rows lose the same numbers; each is drawn by itself."""


class FeedForward(FeedForward):
    def forward(self, x):
        y = self.layers[:3](x)
        return y * self.layers[3](torch.ones_like(y[:1]))
