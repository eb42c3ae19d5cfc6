"""Logits and labels are shifted twice."""

_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits[:, :-1], labels[:, 1:])
