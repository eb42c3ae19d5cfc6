"""The means are rounded."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.cumsum(dim=1) // counts
