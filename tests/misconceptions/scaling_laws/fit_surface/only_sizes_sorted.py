"""Sizes, tokens and losses are sorted each by itself: runs get the losses of others."""

_right = fit_surface


def fit_surface(sizes, tokens, losses, alpha, beta):
    return _right(sorted(sizes), tokens, losses, alpha, beta)
