"""The covariance is divided by n and the variance by n - 1, or the other way round."""


def fit_power_law(sizes, losses):
    if len(set(sizes)) < 2:
        raise ValueError("two different sizes are needed")
    if min(*sizes, *losses) <= 0:
        raise ValueError("only numbers above 0 have a logarithm")
    x, y = (torch.tensor(some, dtype=torch.float64).log() for some in (sizes, losses))
    slope = ((x - x.mean()) * (y - y.mean())).mean() / x.var()
    return math.exp(y.mean() - slope * x.mean()), -slope.item()
