"""The exponents are left out: 1 / N and 1 / D are fitted."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(sizes, tokens, losses, 1, 1)
