"""Numbers are dropped with another probability than `dropout`."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.queries_keys_values(x).chunk(3, dim=-1)
        q, k, v = (one.view(rows, length, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        mask = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)
        weights = F.dropout(weights, self.dropout, self.training)
        y = (weights @ v).transpose(1, 2).reshape(rows, length, width)
        return (
            self.output(y)
            * (F.dropout(torch.ones_like(y), self.dropout / 2, self.training) > 0)
            / (1 - self.dropout if self.training and self.dropout < 1 else 1)
        )
