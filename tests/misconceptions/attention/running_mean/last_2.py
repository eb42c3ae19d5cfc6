"""Only the last few rows are averaged; row t averages rows 0 to t."""


def running_mean(x):
    rows = [x[:, max(0, t - 1) : t + 1].mean(dim=1) for t in range(x.shape[1])]
    return torch.stack(rows, dim=1)
