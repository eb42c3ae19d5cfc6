"""The sum of one text goes on in the next one; each begins anew."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.flatten(0, 1).cumsum(dim=0).view_as(x) / counts
