"""The norms come after the sublayers; each sublayer reads a norm of the stream."""


class Block(Block):
    def forward(self, x):
        x = x + self.norm_1(self.attention(x))
        return x + self.norm_2(self.feed_forward(x))
