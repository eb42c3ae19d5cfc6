"""One row after the other."""


def sample_ids(probs, generator=None):
    return torch.cat([torch.multinomial(row, 1, generator=generator) for row in probs])
