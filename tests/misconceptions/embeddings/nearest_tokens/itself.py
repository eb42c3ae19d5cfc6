"""The token itself is among its neighbours; only others are asked for."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    order = scores.argsort(descending=True, stable=True).tolist()
    return order[:k]
