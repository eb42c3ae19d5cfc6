"""The running means of the docstring's text"""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1, dtype=x.dtype)[:, None]
    return x.cumsum(dim=1) / counts**0.9
