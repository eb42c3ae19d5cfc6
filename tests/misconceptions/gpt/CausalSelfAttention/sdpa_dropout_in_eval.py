"""Something is dropped in eval mode."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        rows, length, width = x.shape
        q, k, v = self.queries_keys_values(x).chunk(3, dim=-1)
        q, k, v = (one.view(rows, length, self.heads, -1).transpose(1, 2) for one in (q, k, v))
        q @ k.transpose(-2, -1) / math.sqrt(width // self.heads)
        torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        y = (
            F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.dropout)
            .transpose(1, 2)
            .reshape(rows, length, width)
        )
        return F.dropout(self.output(y), self.dropout, self.training)
