"""Row t sees row t + 1; the future must not be seen."""

_right = running_mean


def running_mean(x):
    means = _right(x)
    return torch.cat([means[:, 1:], means[:, -1:]], dim=1)
