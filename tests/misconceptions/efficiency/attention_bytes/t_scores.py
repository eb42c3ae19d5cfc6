"""The scores are counted as T numbers for each head; they are T × T."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * heads * 4
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
