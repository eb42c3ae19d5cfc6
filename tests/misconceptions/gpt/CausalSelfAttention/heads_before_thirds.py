"""Queries, keys and values alternate in the columns of one map; each has D of them side by side."""


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        rows = self.queries_keys_values(x).unflatten(-1, (self.heads, 3, -1))
        queries, keys, values = rows.permute(3, 0, 2, 1, 4)
        dropout = self.dropout if self.training else 0.0
        read = F.scaled_dot_product_attention(queries, keys, values, dropout_p=dropout, is_causal=True)
        return F.dropout(self.output(read.transpose(1, 2).flatten(-2)), self.dropout, self.training)
