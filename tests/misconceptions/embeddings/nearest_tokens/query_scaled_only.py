"""The rows' lengths count: that is the dot product, not the cosine."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    own = table[token]
    scores = table @ (own / own.norm().clamp(min=1e-9))
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
