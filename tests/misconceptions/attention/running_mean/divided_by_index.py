"""Row t is divided by t; it averages t + 1 rows."""

also = ("The gradient is NaN; NaN that is replaced afterwards still stands in the gradient.",)


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.cumsum(dim=1) / (counts - 1)
