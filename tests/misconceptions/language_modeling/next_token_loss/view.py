"""view(B, V, T) mixes tokens and vocabulary up; it is no transpose."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    B, T, V = logits.shape
    return _right(logits.reshape(B, V, T).transpose(1, 2), targets, ignore_index)
