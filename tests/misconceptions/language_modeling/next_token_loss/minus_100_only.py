"""Only -100 is left out, whatever ignore_index says."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits, targets)
