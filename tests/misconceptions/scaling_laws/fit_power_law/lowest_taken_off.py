"""A loss that stays is taken off first; the law has none."""

_right = fit_power_law


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    return _right(sizes, [one - 0.99 * min(losses) for one in losses])
