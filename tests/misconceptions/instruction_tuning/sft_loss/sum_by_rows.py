"""The sum over tokens is divided by the number of rows."""

_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits, labels) * (labels[:, 1:] != IGNORE_INDEX).sum() / len(labels)
