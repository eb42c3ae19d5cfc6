"""Nothing is dropped in train mode: the config's dropout doesn't reach both sublayers."""


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        plain = GPTConfig(config.vocab, config.positions, config.width, config.layers, config.heads)
        self.norm_1 = nn.LayerNorm(config.width)
        self.attention = CausalSelfAttention(plain)
        self.norm_2 = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(plain)

    forward = Block.forward
