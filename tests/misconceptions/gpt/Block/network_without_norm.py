"""The network reads the stream without a norm."""


class Block(Block):
    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.feed_forward(x)
