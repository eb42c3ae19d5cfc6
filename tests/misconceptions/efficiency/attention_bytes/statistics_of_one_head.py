"""Heads are left out of the statistics."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
