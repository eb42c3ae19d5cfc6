"""Block changes its input in place."""


class Block(Block):
    def forward(self, x):
        with torch.no_grad():
            x += self.attention(self.norm_1(x))
        return x + self.feed_forward(self.norm_2(x))
