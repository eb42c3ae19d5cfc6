"""A loop over heads and positions; what lies ahead is never computed."""


class CausalSelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        if config.width % config.heads:
            raise ValueError(f"{config.heads} doesn't divide {config.width}")
        self.queries_keys_values = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)
        self.heads, self.p = config.heads, config.dropout

    def forward(self, x):
        q, k, v = self.queries_keys_values(x).split(x.shape[-1], dim=-1)
        found = []
        for one_q, one_k, one_v in zip(*(one.chunk(self.heads, dim=-1) for one in (q, k, v)), strict=True):
            rows = []
            for t in range(x.shape[1]):
                scores = (one_k[:, : t + 1] * one_q[:, t : t + 1]).sum(-1) / math.sqrt(one_q.shape[-1])
                weights = F.dropout(scores.softmax(dim=1), self.p, self.training)
                rows.append((weights[..., None] * one_v[:, : t + 1]).sum(dim=1))
            found.append(torch.stack(rows, dim=1))
        return F.dropout(self.output(torch.cat(found, dim=-1)), self.p, self.training)
