"""The error for an unknown `stored` doesn't name it."""

_right = attention_bytes


def attention_bytes(tokens, heads, bits, stored):
    if stored not in ("scores", "statistics"):
        raise ValueError("pass 'scores' or 'statistics'")
    return _right(tokens, heads, bits, stored)
