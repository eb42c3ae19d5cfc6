"""Parts of longer tensors are an error: view can't flatten them, reshape and flatten can."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    return _right(logits.view(1, -1, logits.shape[-1]), targets.view(1, -1), ignore_index)
