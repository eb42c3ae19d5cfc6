"""The mean is taken over all positions, also those that are not supervised."""

_right = sft_loss


def sft_loss(logits, labels):
    targets = labels[:, 1:]
    return _right(logits, labels) * (targets != IGNORE_INDEX).sum() / max(targets.numel(), 1)
