"""Masked labels are counted as token 0."""

_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits, labels.clamp(min=0))
