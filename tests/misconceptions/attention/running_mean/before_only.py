"""Row t doesn't count itself; it averages rows 0 to t."""

_right = running_mean


def running_mean(x):
    means = _right(x)
    return torch.cat([x[:, :1], means[:, :-1]], dim=1)
