"""It gives numbers; each has several bits."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads
    if stored == "statistics":
        return 2 * tokens * heads
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
