"""Near is taken as a small distance; the cosine is asked for."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    scores = -(table - table[token]).norm(dim=1)
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
