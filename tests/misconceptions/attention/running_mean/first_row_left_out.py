"""The running means of the docstring's text"""


def running_mean(x):
    counts = torch.arange(x.shape[1]).clamp(min=1)[:, None]
    sums = x.cumsum(dim=1) - x[:, :1]
    return torch.cat([x[:, :1], (sums / counts)[:, 1:]], dim=1)
