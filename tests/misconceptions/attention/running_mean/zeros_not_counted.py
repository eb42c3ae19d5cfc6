"""Numbers that are 0 aren't counted; each row counts, whatever it holds."""


def running_mean(x):
    counts = (x != 0).cumsum(dim=1).clamp(min=1)
    return x.cumsum(dim=1) / counts
