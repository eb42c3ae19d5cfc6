"""Something is dropped in eval mode."""


class Block(Block):
    def forward(self, x):
        self.train()
        return super().forward(x)
