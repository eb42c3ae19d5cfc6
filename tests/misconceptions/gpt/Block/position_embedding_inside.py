"""Something that counts the positions is added; the model does that before the first block."""


class Block(Block):
    def forward(self, x):
        x = x + torch.arange(x.shape[1], device=x.device, dtype=x.dtype)[:, None] / 10
        return super().forward(x)
