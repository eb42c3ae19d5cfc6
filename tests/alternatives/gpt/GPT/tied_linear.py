"""An output layer whose weight is the table; the final norm stands first; positions by arange."""


class GPT(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm = nn.LayerNorm(config.width)
        self.config = config
        self.head = nn.Linear(config.width, config.vocab, bias=False)
        self.blocks = nn.Sequential(*(Block(config) for _ in range(config.layers)))
        self.tokens = nn.Embedding(config.vocab, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.head.weight = self.tokens.weight

    def forward(self, ids):
        _, length = ids.shape
        if length > self.config.positions:
            raise ValueError(f"can't read {length} ids with {self.config.positions} positions")
        x = self.tokens(ids) + self.positions(torch.arange(length, device=ids.device))[None]
        x = self.blocks(F.dropout(x, self.config.dropout, training=self.training))
        return self.head(self.norm(x))
