"""An unknown `stored` must raise ValueError."""

_right = attention_bytes


def attention_bytes(tokens, heads, bits, stored):
    return _right(tokens, heads, bits, "scores" if stored.lower().startswith("sco") else stored)
