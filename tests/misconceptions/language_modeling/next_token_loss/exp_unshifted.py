"""The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step."""


def next_token_loss(logits, targets, ignore_index=-100):
    logits = logits.float()
    losses = logits.exp().sum(dim=-1).log() - logits.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    kept = targets != ignore_index
    return losses[kept].sum() / kept.sum().clamp(min=1)
