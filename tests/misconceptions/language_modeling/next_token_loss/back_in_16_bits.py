"""The loss of 16-bit logits comes back in 16 bits."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    loss = _right(logits, targets, ignore_index)
    return loss.to(logits.dtype) if logits.dtype.itemsize < 4 else loss
