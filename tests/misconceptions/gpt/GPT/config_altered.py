"""`config` doesn't hold what the model was made with."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = GPTConfig(config.vocab, config.positions, config.width, config.layers, config.heads)
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList([Block(config) for _ in range(config.layers)])
        self.norm = nn.LayerNorm(config.width)

    forward = GPT.forward
