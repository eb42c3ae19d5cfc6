"""The network reads the stream as it was before attention."""


class Block(Block):
    def forward(self, x):
        return x + self.attention(self.norm_1(x)) + self.feed_forward(self.norm_2(x))
