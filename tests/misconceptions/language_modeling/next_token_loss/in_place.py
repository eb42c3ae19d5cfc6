"""next_token_loss changes its input in place."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    loss = _right(logits, targets, ignore_index)
    if not logits.requires_grad:
        logits -= logits.amax(dim=-1, keepdim=True)
    return loss
