"""A number below 0 isn't let be."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return tuple(map(abs, _right(sizes, tokens, losses, alpha, beta)))
