"""The loss is infinite or NaN for very confident guesses: take the logarithm of the softmax in one step."""


def sft_loss(logits, labels):
    targets = labels[:, 1:]
    probabilities = logits[:, :-1].float().softmax(dim=-1)
    chosen = probabilities.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    supervised = targets != IGNORE_INDEX
    return -chosen[supervised].log().sum() / supervised.sum().clamp(min=1)
