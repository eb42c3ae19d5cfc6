"""The rows are added up from the end."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.flip(1).cumsum(dim=1).flip(1) / counts
