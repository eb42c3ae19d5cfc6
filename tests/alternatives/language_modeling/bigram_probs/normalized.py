"""Rows without counts are filled with ones, then F.normalize divides by the sums."""


def bigram_probs(counts, smoothing=0.0):
    if smoothing < 0:
        raise ValueError("smoothing can't be negative")
    raised = counts.double() + smoothing
    raised[raised.sum(dim=1) == 0] = 1.0
    return F.normalize(raised, p=1, dim=1).float()
