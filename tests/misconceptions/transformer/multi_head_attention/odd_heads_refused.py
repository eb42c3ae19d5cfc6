"""ValueError is raised although D can be cut into that many parts."""

_right = multi_head_attention


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    if heads > 1 and heads % 2:
        raise ValueError(f"{heads} heads, width {x.shape[-1]}")
    return _right(x, w_qkv, b_qkv, w_o, b_o, heads, mask)
