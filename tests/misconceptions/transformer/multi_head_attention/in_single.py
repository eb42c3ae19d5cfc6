"""What comes out has another dtype than what went in."""

_right = multi_head_attention


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    return _right(x, w_qkv, b_qkv, w_o, b_o, heads, mask).float()
