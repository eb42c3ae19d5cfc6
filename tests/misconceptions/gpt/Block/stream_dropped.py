"""Dropout falls on the stream itself; only what the sublayers add is dropped."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(config)

    def forward(self, x):
        x = F.dropout(x + self.attention(self.norm_1(x)), self.feed_forward.layers[3].p, self.training)
        return x + self.feed_forward(self.norm_2(x))
