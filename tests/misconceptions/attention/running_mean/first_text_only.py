"""Only the first text is averaged."""

_right = running_mean


def running_mean(x):
    return torch.cat([_right(x[:1]), x[1:]])
