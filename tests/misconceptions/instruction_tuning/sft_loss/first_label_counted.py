"""It is divided by the number of all supervised labels, the unused first one of a row too."""

_right = sft_loss


def sft_loss(logits, labels):
    counts = (labels[:, 1:] != IGNORE_INDEX).sum(), (labels != IGNORE_INDEX).sum()
    return _right(logits, labels) * counts[0] / counts[1].clamp(min=1)
