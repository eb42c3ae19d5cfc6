"""alpha and beta are swapped."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(sizes, tokens, losses, beta, alpha)
