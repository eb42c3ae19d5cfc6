"""Queries and keys are turned by their positions (RoPE); the tables of the model say where a token stands."""


def _turned(rows):
    half = rows.shape[-1] // 2
    frequencies = 10000.0 ** (-torch.arange(half, device=rows.device, dtype=rows.dtype) / max(half, 1))
    angles = torch.arange(rows.shape[-2], device=rows.device, dtype=rows.dtype)[:, None] * frequencies
    a, b = rows[..., :half], rows[..., half : 2 * half]
    turned = (a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos())
    return torch.cat([*turned, rows[..., 2 * half :]], dim=-1)


class CausalSelfAttention(CausalSelfAttention):
    def forward(self, x):
        q, k, v = self.queries_keys_values(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = _turned(q), _turned(k)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=self.dropout if self.training else 0.0)
        return F.dropout(self.output(y.transpose(1, 2).flatten(-2)), self.dropout, self.training)
