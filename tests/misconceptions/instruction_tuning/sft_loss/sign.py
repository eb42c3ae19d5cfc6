"""The sign is wrong: the loss falls when the model gets worse."""

_right = sft_loss


def sft_loss(logits, labels):
    return -_right(logits, labels)
