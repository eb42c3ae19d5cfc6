"""The network comes before attention."""


class Block(Block):
    def forward(self, x):
        x = x + self.feed_forward(self.norm_2(x))
        return x + self.attention(self.norm_1(x))
