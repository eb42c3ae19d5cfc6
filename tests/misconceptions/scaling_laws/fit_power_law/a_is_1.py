"""a is left at 1: the line is made to go through 0."""


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = ([math.log(one) for one in some] for some in (sizes, losses))
    return 1.0, -sum(a * b for a, b in zip(x, y, strict=True)) / sum(a * a for a in x)
