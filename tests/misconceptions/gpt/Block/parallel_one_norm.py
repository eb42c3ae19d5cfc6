"""The network reads the stream as it was before attention."""


class Block(Block):
    def forward(self, x):
        y = self.norm_1(x)
        return x + self.attention(y) + self.feed_forward(y)
