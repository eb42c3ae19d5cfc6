"""The logarithms of the losses are fitted; the losses are asked for."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(sizes, tokens, [math.log(abs(one)) for one in losses], alpha, beta)
