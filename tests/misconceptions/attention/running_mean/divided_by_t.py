"""Every row is divided by T; row t averages t + 1 rows."""


def running_mean(x):
    return x.cumsum(dim=1) / x.shape[1]
