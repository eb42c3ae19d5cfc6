"""The error for heads that D can't be cut into doesn't name heads and D."""

_right = multi_head_attention


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    try:
        return _right(x, w_qkv, b_qkv, w_o, b_o, heads, mask)
    except ValueError:
        raise ValueError("the heads do not fit") from None
