"""A mask of 0 and -1e9 that is added, in the dtype of the scores."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"{config.heads} doesn't divide {config.width}")
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)
        self.attention_drop, self.output_drop = nn.Dropout(config.dropout), nn.Dropout(config.dropout)
        self.heads = config.heads

    def forward(self, x):
        batch, length, width = x.size()
        q, k, v = self.queries_keys_values(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = (q / math.sqrt(width / self.heads)) @ k.transpose(2, 3)
        scores = scores + torch.full((length, length), -1e9, dtype=x.dtype, device=x.device).triu(1)
        scores = scores - scores.amax(dim=-1, keepdim=True)
        weights = scores.exp() / scores.exp().sum(dim=-1, keepdim=True)
        y = (self.attention_drop(weights) @ v).permute(0, 2, 1, 3).reshape(batch, length, width)
        return self.output_drop(self.output(y))
