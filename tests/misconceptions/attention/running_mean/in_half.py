"""The running means of three texts"""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1)[:, None]
    return (x.half().cumsum(dim=1) / counts).to(x.dtype)
