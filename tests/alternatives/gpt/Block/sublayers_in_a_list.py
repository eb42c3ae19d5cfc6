"""Both sublayers in one loop."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1, self.attention = nn.LayerNorm(config.width), CausalSelfAttention(config)
        self.norm_2, self.feed_forward = nn.LayerNorm(config.width), FeedForward(config)

    def forward(self, x):
        for norm, sublayer in ((self.norm_1, self.attention), (self.norm_2, self.feed_forward)):
            x = torch.add(x, sublayer(norm(x)))
        return x
