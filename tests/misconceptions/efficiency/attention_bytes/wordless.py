"""An unknown `stored` raises ValueError without a message; say why."""

_right = attention_bytes


def attention_bytes(tokens, heads, bits, stored):
    if stored not in ("scores", "statistics"):
        raise ValueError
    return _right(tokens, heads, bits, stored)
