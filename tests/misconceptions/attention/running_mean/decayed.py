"""The sums are divided by a power of the count; row t is divided by t + 1."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.cumsum(dim=1) / counts**0.9
