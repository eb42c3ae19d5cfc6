"""Heads are split and merged by view alone: the last position must depend on the first."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    split_heads(x, heads)
    batch, length, width = x.shape
    q, k, v = (part.reshape(batch * heads, length, width // heads) for part in (x @ w_qkv + b_qkv).chunk(3, dim=-1))
    scores = (q @ k.transpose(1, 2) / math.sqrt(width // heads)).view(batch, heads, length, length)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    found = scores.softmax(dim=-1) @ v.view(batch, heads, length, -1)
    return found.reshape(batch, length, width) @ w_o + b_o
