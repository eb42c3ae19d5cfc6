"""It is exp of the loss, the perplexity."""

exercise = "sft_loss"
_right = sft_loss


def sft_loss(logits, labels):
    return _right(logits, labels).exp()
