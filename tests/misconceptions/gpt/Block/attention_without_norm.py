"""Attention reads the stream without a norm."""


class Block(Block):
    def forward(self, x):
        x = x + self.attention(x)
        return x + self.feed_forward(self.norm_2(x))
