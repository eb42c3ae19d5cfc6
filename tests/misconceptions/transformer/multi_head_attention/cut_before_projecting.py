"""x is cut into heads before the projections; each head reads the whole width."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    split_heads(x, heads)
    parts = []
    for third, bias in zip(w_qkv.chunk(3, dim=1), b_qkv.chunk(3), strict=True):
        d = x.shape[-1] // heads
        blocks = [third[at : at + d, at : at + d] for at in range(0, x.shape[-1], d)]
        cut = split_heads(x, heads)
        parts.append(
            torch.stack([cut[:, head] @ block for head, block in enumerate(blocks)], dim=1) + bias.view(heads, 1, d)
        )
    q, k, v = parts
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return merge_heads(scores.softmax(dim=-1) @ v) @ w_o + b_o
