"""The lists that are given are changed."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    found = _right(sizes, tokens, losses, alpha, beta)
    sizes[:] = [one**-alpha for one in sizes]
    return found
