"""It is one minus the probability of the target; the loss is its logarithm."""


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets != ignore_index
    chosen = logits.float().softmax(dim=-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return (1 - chosen)[kept].sum() / kept.sum().clamp(min=1)
