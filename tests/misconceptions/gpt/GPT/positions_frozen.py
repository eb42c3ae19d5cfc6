"""Some parameters don't require a gradient; all of them are trained."""

also = ("A parameter gets no gradient: it is cut off, or isn't used.",)


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width).requires_grad_(False)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(config.width)

    forward = GPT.forward
