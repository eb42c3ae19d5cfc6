"""The farthest come first, or are the ones given."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    order = scores.argsort(stable=True).tolist()
    return [one for one in order if one != token][:k]
