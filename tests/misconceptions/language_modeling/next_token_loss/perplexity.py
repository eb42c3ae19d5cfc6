"""It is exp of the loss, the perplexity."""

also = ("The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step.",)

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits, targets, ignore_index).exp()
