"""Every row gets the same draw; rows are drawn independently."""


def sample_ids(probs, generator=None):
    number = torch.rand(1, generator=generator)
    sums = probs.cumsum(dim=1)
    return (sums <= number * sums[:, -1:]).sum(dim=1)
