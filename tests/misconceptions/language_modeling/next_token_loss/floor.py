"""Probabilities are kept from 0 before the logarithm, so that a very unlikely target costs too little."""


def next_token_loss(logits, targets, ignore_index=-100):
    chosen = logits.float().softmax(dim=-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    kept = targets != ignore_index
    return -chosen[kept].clamp(min=1e-9).log().sum() / kept.sum().clamp(min=1)
