"""The result is rounded."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return tuple(round(one, 3) for one in _right(sizes, tokens, losses, alpha, beta))
