"""Sizes and tokens are swapped."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(tokens, sizes, losses, alpha, beta)
