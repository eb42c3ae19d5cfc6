"""The mean over the positions is taken away first; each position stands by itself."""


class FeedForward(FeedForward):
    def forward(self, x):
        return self.layers(x - x.mean(dim=-2, keepdim=True) if x.ndim > 2 else x)
