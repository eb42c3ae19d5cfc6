"""What comes out is scaled; it is given as the second map makes it."""


class FeedForward(FeedForward):
    def forward(self, x):
        return 1.1 * super().forward(x)
