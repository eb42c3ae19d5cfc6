"""running_mean changes its input in place."""


def running_mean(x):
    for t in range(1, x.shape[1]):
        x[:, t] = (x[:, t - 1] * t + x[:, t]) / (t + 1)
    return x
