"""next_token_loss changes its input in place."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    loss = _right(logits, targets, ignore_index)
    targets[targets == ignore_index] = 0
    return loss
