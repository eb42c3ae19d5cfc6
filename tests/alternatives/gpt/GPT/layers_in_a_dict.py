"""A ModuleDict for everything, and functools.reduce over the blocks."""


class GPT(nn.Module):
    def __init__(self, config):
        from collections import OrderedDict

        super().__init__()
        self.config = config
        blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        parts = OrderedDict(
            wpe=nn.Embedding(config.positions, config.width),
            h=blocks,
            wte=nn.Embedding(config.vocab, config.width),
            ln_f=nn.LayerNorm(config.width),
        )
        self.transformer = nn.ModuleDict(parts)

    def forward(self, ids):
        from functools import reduce

        t, parts = ids.shape[-1], self.transformer
        if not t <= self.config.positions:
            raise ValueError(f"T={t}, positions={self.config.positions}")
        x = F.embedding(ids, parts.wte.weight) + parts.wpe.weight.narrow(0, 0, t)
        x = nn.functional.dropout(x, p=self.config.dropout, training=self.training)
        x = reduce(lambda stream, block: block(stream), parts.h, x)
        return parts.ln_f(x) @ parts.wte.weight.t()

    @property
    def tokens(self):
        return self.transformer.wte

    @property
    def positions(self):
        return self.transformer.wpe

    @property
    def norm(self):
        return self.transformer.ln_f

    @property
    def blocks(self):
        return self.transformer.h
