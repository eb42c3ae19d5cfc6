"""Every text is given what the first one gives; each stands by itself."""


class Block(Block):
    def forward(self, x):
        x = x[:1].expand_as(x)
        return super().forward(x)
