"""The norms come after the sublayers; each sublayer reads a norm of the stream."""


class Block(Block):
    def forward(self, x):
        x = self.norm_1(x + self.attention(x))
        return self.norm_2(x + self.feed_forward(x))
