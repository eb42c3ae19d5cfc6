"""One projection stands in for two."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    projected = x @ w_qkv + b_qkv  # (B, T, 3D)
    q, k, v = (split_heads(part, heads) for part in projected.chunk(3, dim=-1))  # (B, H, T, d) each
    k = q
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return merge_heads(scores.softmax(dim=-1) @ v) @ w_o + b_o
