"""One uniform number for each row, looked up in the running sum."""


def sample_ids(probs, generator=None):
    sums = probs.double().cumsum(dim=1)
    numbers = torch.rand(len(probs), 1, generator=generator, dtype=torch.float64) * sums[:, -1:]
    return torch.searchsorted(sums, numbers, right=True).squeeze(1)
