"""Attention is left out."""


class Block(Block):
    def forward(self, x):
        return x + self.feed_forward(self.norm_2(x))
