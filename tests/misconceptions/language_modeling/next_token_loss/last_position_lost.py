"""The last position is not counted."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits[:, :-1], targets[:, :-1], ignore_index)
