"""The parameters are not those of the linear maps, norms and tables that the docstring names."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = nn.LayerNorm(config.width, bias=False)
        self.attention = CausalSelfAttention(config)
        self.norm_2 = nn.LayerNorm(config.width, bias=False)
        self.feed_forward = FeedForward(config)

    forward = Block.forward
