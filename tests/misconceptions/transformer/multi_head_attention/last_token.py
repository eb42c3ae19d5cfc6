"""Only the last token's result is given."""

_right = multi_head_attention


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    return _right(x, w_qkv, b_qkv, w_o, b_o, heads, mask)[:, -1]
