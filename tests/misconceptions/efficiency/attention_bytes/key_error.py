"""An unknown `stored` must raise ValueError."""


def attention_bytes(tokens, heads, bits, stored):
    return {"scores": tokens**2 * heads * bits / 8, "statistics": 2 * tokens * heads * 4}[stored]
