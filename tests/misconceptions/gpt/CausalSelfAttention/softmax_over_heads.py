"""The softmax runs over the heads; each row of weights must sum to 1."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        q, k, v = self.queries_keys_values(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(ahead, -1e30)
        y = F.dropout(scores.softmax(dim=1), self.dropout, self.training) @ v
        return F.dropout(self.output(y.transpose(1, 2).flatten(-2)), self.dropout, self.training)
