"""Attention's result replaces the stream; it is added to it."""


class Block(Block):
    def forward(self, x):
        x = self.attention(self.norm_1(x))
        return x + self.feed_forward(self.norm_2(x))
