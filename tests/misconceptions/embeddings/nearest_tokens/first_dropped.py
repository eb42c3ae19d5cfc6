"""The first of the list is left out in place of the token itself."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    order = scores.argsort(descending=True, stable=True).tolist()
    return order[1 : k + 1]
