"""norm_2 is used twice; attention has a norm of its own."""


class Block(Block):
    def forward(self, x):
        x = x + self.attention(self.norm_2(x))
        return x + self.feed_forward(self.norm_2(x))
