"""Numbers are rounded to 16 bits on the way; compute in the dtype of what went in."""


def running_mean(x):
    counts = torch.arange(1, x.shape[1] + 1)[:, None]
    return (x.half().cumsum(dim=1) / counts).to(x.dtype)
