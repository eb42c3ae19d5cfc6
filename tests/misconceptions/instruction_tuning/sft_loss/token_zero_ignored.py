"""Token 0 is left out like padding; only -100 is."""

_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits, labels.masked_fill(labels == 0, IGNORE_INDEX))
