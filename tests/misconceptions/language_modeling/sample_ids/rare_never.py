"""Unlikely tokens are never drawn; each has its chance."""

_right = sample_ids


def sample_ids(probs, generator=None):
    kept = torch.where(probs < 0.05, 0.0, probs)
    return _right(torch.where(kept.sum(dim=1, keepdim=True) > 0, kept, probs), generator)
