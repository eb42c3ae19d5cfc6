"""The norms come after the sublayers; each sublayer reads a norm of the stream."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(config)

    def forward(self, x):
        x = x + self.norm_1(self.attention(x))
        return x + self.norm_2(self.feed_forward(x))
