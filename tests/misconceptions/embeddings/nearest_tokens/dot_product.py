"""The rows' lengths count: that is the dot product, not the cosine."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    scores = table @ table[token]
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
