"""FeedForward changes its input in place."""


class FeedForward(FeedForward):
    def forward(self, x):
        x += 0.001
        return super().forward(x)
