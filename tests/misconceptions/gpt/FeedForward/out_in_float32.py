"""What comes out is in float32; it must have the dtype of the parameters."""


class FeedForward(FeedForward):
    def forward(self, x):
        return super().forward(x).float()
