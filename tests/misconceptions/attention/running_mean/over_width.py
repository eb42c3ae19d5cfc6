"""The mean runs over the numbers of a vector; it runs over the tokens."""


def running_mean(x):
    counts = torch.arange(1, x.shape[2] + 1, dtype=x.dtype)
    return x.cumsum(dim=2) / counts
