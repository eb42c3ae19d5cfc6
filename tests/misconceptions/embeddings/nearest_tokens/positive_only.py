"""Neighbours with a cosine of 0 or less are left out."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    return [one for one in _right(table, token, k) if scores[one] > 0]
