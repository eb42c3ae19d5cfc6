"""The columns of w_qkv are read head by head; all queries come first, then all keys, then all values."""


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    projected = x @ w_qkv + b_qkv  # (B, T, 3D)
    split_heads(x, heads)
    q, k, v = split_heads(projected, heads).chunk(3, dim=-1)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return merge_heads(scores.softmax(dim=-1) @ v) @ w_o + b_o
