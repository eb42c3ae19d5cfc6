"""It gives bits; a byte has 8."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits
    if stored == "statistics":
        return 2 * tokens * heads * 32
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
