"""Your code raises an error where it should not"""

_right = attend


def attend(q, k, v, attn_mask=None):
    return _right(q, k, v, attn_mask)
