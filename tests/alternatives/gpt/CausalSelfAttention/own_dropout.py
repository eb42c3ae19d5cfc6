"""Dropout written out; a subclass of ValueError."""


class _Shape(ValueError):
    pass


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        if config.width // config.heads * config.heads != config.width:
            raise _Shape(f"{config.heads} heads can't share {config.width}")
        super().__init__()
        self.config = config
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    def _drop(self, x):
        p = self.config.dropout
        if not self.training or p == 0:
            return x
        return x * 0 if p == 1 else x * (torch.rand_like(x) >= p) / (1 - p)

    def forward(self, x):
        heads = self.config.heads
        q, k, v = (one.unflatten(-1, (heads, -1)) for one in self.queries_keys_values(x).chunk(3, -1))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(q.shape[-1])
        length = x.shape[1]
        ahead = torch.arange(length, device=x.device).view(1, -1) > torch.arange(length, device=x.device).view(-1, 1)
        weights = self._drop(scores.masked_fill(ahead, -torch.inf).softmax(-1))
        return self._drop(self.output(torch.einsum("bhqk,bkhd->bqhd", weights, v).flatten(2)))
