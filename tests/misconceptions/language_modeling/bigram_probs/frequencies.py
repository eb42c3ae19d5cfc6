"""A row without counts gets the frequencies of the tokens; it becomes uniform."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    found = _right(counts, smoothing)
    empty = (counts.sum(dim=1, keepdim=True) + smoothing) == 0
    return torch.where(empty, counts.sum(dim=1) / counts.sum().clamp(min=1), found)
