"""Scores and statistics are swapped."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return 2 * tokens * heads * 4
    if stored == "statistics":
        return tokens**2 * heads * bits / 8
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
