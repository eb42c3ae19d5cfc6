"""The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step."""


def next_token_loss(logits, targets, ignore_index=-100):
    chosen = logits.float().softmax(dim=-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    kept = targets != ignore_index
    return -chosen[kept].log().sum() / kept.sum().clamp(min=1)
