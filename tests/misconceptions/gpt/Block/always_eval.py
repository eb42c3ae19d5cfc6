"""Nothing is dropped in train mode: the config's dropout doesn't reach both sublayers."""


class Block(Block):
    def forward(self, x):
        self.eval()
        return super().forward(x)
