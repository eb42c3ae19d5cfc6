"""The stream itself is normalized: what is added to must stay as it is."""


class Block(Block):
    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        x = self.norm_2(x)
        return x + self.feed_forward(x)
