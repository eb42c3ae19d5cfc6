"""The mask is inverted."""


def policy_gradient_loss(logp, advantages, mask):
    mask = 1 - mask

    per_token = -logp * advantages.detach()
    count = mask.sum().clamp(min=1)
    return (per_token * mask).sum() / count
