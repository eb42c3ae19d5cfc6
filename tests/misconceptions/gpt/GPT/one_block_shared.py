"""All layers are one block with one set of parameters; each needs its own."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config)] * config.layers)
        self.norm = nn.LayerNorm(config.width)

    forward = GPT.forward
