"""Python's math.hypot and sum, no tensor."""

import math


def nearest_tokens(table, token, k):
    rows = table.tolist()
    if not (0 <= token < len(rows)):
        raise IndexError(f"token {token}")
    if not (0 <= k <= len(rows) - 1):
        raise ValueError(f"k {k}")

    def cosine(one):
        lengths = math.hypot(*rows[one]) * math.hypot(*rows[token])
        return sum(a * b for a, b in zip(rows[one], rows[token], strict=True)) / lengths if lengths else 0.0

    return sorted((one for one in range(len(rows)) if one != token), key=cosine, reverse=True)[:k]
