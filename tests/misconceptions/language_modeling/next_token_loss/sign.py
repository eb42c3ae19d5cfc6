"""The sign is wrong: the loss falls when the model gets worse."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return -_right(logits, targets, ignore_index)
