"""In train mode at a dropout of 1 the stream is not 0: the config's dropout doesn't reach every part."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            [
                Block(GPTConfig(config.vocab, config.positions, config.width, config.layers, config.heads))
                for _ in range(config.layers)
            ]
        )
        self.norm = nn.LayerNorm(config.width)

    forward = GPT.forward
