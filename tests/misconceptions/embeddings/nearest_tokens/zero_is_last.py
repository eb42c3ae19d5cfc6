"""A row of zeros counts as the nearest or the farthest; its cosine is 0."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    scores = scores.masked_fill(lengths[:, 0] == 0, -2)
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
