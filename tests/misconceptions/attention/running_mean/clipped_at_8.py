"""The running means of long texts"""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1).clamp(max=8)[:, None]
    return x.cumsum(dim=1) / counts
