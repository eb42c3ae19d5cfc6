"""Attention is added twice."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(config)

    def forward(self, x):
        y = self.attention(self.norm_1(x))
        x = x + y + y
        return x + self.feed_forward(self.norm_2(x))
