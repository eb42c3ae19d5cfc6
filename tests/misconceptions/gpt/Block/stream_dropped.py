"""Dropout falls on the stream itself; only what the sublayers add is dropped."""


class Block(Block):
    def forward(self, x):
        x = F.dropout(x + self.attention(self.norm_1(x)), self.feed_forward.layers[3].p, self.training)
        return x + self.feed_forward(self.norm_2(x))
