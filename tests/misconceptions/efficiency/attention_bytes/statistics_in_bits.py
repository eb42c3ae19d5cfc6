"""The statistics are counted with `bits`; they are float32, whatever that is."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits / 8
    if stored == "statistics":
        return 2 * tokens * heads * bits / 8
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
