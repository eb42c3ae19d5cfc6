"""What an earlier call was given is used again."""

_right = multi_head_attention
_mask = None


def multi_head_attention(x, w_qkv, b_qkv, w_o, b_o, heads, mask=None):
    global _mask
    if _mask is None or mask is None or _mask.shape != mask.shape:
        _mask = mask
    return _right(x, w_qkv, b_qkv, w_o, b_o, heads, _mask if mask is not None else None)
