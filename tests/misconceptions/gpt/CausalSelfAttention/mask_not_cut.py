"""It raises an error for a text that is shorter than `positions`."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"heads={config.heads} don't divide width={config.width}")
        self.heads, self.dropout = config.heads, config.dropout
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.register_buffer("mask", torch.ones(config.positions, config.positions, dtype=torch.bool).tril())
        self.output = nn.Linear(config.width, config.width)

    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.queries_keys_values(x).chunk(3, dim=-1)
        q, k, v = (one.view(rows, length, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        mask = self.mask
        weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)
        weights = F.dropout(weights, self.dropout, self.training)
        y = (weights @ v).transpose(1, 2).reshape(rows, length, width)
        return F.dropout(self.output(y), self.dropout, self.training)
