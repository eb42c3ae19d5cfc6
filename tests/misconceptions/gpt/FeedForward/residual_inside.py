"""x is added; that is the block's part."""


class FeedForward(FeedForward):
    def forward(self, x):
        return x + super().forward(x)
