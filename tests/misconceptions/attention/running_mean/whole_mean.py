"""Every row is the mean of all rows; the future must not be seen."""


def running_mean(x):
    return x.mean(dim=1, keepdim=True).expand_as(x)
