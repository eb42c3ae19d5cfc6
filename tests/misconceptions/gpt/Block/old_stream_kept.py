"""The network reads the stream as it was before attention."""


class Block(Block):
    def forward(self, x):
        y = x + self.attention(self.norm_1(x))
        return x + self.feed_forward(self.norm_2(x)) + 0 * y
