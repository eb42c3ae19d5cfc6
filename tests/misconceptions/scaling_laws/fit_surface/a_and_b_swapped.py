"""A and B are swapped."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    E, A, B = _right(sizes, tokens, losses, alpha, beta)
    return E, B, A
