"""multi_head_attention with heads that D can't be cut into raises ValueError without a message; say why."""

_right = multi_head_attention


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    try:
        return _right(x, w_qkv, b_qkv, w_o, b_o, heads, mask)
    except ValueError:
        raise ValueError from None
