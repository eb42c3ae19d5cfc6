"""It is in bits; the loss is in nats."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits, targets, ignore_index) / math.log(2)
