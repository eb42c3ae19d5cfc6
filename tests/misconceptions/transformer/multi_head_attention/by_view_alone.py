"""Heads are split and merged by view alone: the last position must depend on the first."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    projected = x @ w_qkv + b_qkv  # (B, T, 3D)
    split_heads(x, heads)
    q, k, v = (part.reshape(len(x), heads, x.shape[1], -1) for part in projected.chunk(3, dim=-1))
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return (scores.softmax(dim=-1) @ v).reshape(x.shape) @ w_o + b_o
