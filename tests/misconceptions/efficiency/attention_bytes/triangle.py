"""Only the lower triangle of the scores is counted; the matrix is stored whole."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens * (tokens + 1) / 2 * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
