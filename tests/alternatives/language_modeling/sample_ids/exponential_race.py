"""The largest quotient of probability and an exponential number."""


def sample_ids(probs, generator=None):
    waits = torch.empty_like(probs).exponential_(1, generator=generator)
    return torch.argmax(probs / waits, dim=-1)
