"""The bytes are cut to a whole number; of 4-bit scores there may be half a byte more."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits // 8
    if stored == "statistics":
        return 2 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
