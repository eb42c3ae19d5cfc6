"""Every row is given what the first one gives; each stands by itself."""


class FeedForward(FeedForward):
    def forward(self, x):
        return self.layers(x[:1].expand_as(x) if x.ndim > 1 else x)
