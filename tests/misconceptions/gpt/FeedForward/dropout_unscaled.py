"""What stays is not divided by 1 - dropout."""


class FeedForward(FeedForward):
    def forward(self, x):
        y = self.layers[:3](x)
        return y * (torch.rand_like(y) >= self.layers[3].p) if self.training else y
