"""The mean is taken over all B·T tokens, also those that are not supervised."""

_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits, labels) * (labels[:, 1:] != IGNORE_INDEX).sum() / labels.numel()
