"""Numbers are rounded to float32 on the way; compute in the dtype of the parameters."""


class FeedForward(FeedForward):
    def forward(self, x):
        return super().forward(x).float().to(x.dtype)
