"""The dimension of the batch is lost where there is one row."""


def sample_ids(probs, generator=None):
    return torch.multinomial(probs, 1, generator=generator).squeeze()
