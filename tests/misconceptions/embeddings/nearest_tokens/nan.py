"""A row of zeros counts as the nearest or the farthest; its cosine is 0."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1)
    scores = table @ table[token] / (lengths * lengths[token])
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
