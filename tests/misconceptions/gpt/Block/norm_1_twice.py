"""norm_1 is used twice; the network has a norm of its own."""


class Block(Block):
    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.feed_forward(self.norm_1(x))
