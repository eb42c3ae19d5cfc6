"""An unknown `stored` must raise ValueError."""


def attention_bytes(tokens, heads, bits, stored):
    return tokens**2 * heads * bits / 8 if stored == "scores" else 2 * tokens * heads * 4
