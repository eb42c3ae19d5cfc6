"""Scores are divided by the root of the number of positions; it is that of D / H."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        q, k, v = self.queries_keys_values(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(
            q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0, scale=x.shape[1] ** -0.5
        )
        return F.dropout(self.output(y.transpose(1, 2).flatten(-2)), self.dropout, self.training)
