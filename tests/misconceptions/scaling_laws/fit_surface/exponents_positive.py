"""The exponents have the wrong sign: the terms grow with size and tokens."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(sizes, tokens, losses, -alpha, -beta)
