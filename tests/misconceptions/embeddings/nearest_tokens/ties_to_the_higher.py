"""Of equal cosines the higher id comes first; the lower must."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.norm(dim=1, keepdim=True)
    unit = table / lengths.masked_fill(lengths == 0, 1)
    scores = unit @ unit[token]
    order = scores.argsort(stable=True).flip(0).tolist()
    return [one for one in order if one != token][:k]
