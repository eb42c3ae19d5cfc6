"""Dropout falls on the stream itself; only what the sublayers add is dropped."""


class Block(Block):
    def forward(self, x):
        return F.dropout(super().forward(x), self.feed_forward.layers[3].p, self.training)
